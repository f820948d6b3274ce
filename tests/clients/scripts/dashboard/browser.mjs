// node browser.mjs: one Chromium for several cases, each of which has a profile of its own in it. Prints where it is reached, and ends with its standard input.
import { chromium } from 'playwright-core';
import { OPTIONS } from './harness.mjs';

const server = await chromium.launchServer(OPTIONS);
console.log(server.wsEndpoint());
process.stdin.resume();
process.stdin.on('close', () => { server.close(); });

// How smoothly the dashboard is drawn while requests arrive: frames a second and the longest of them, on a demo that is asked so many times a second.
// Usage: node frames.mjs PROGRAM [REQUESTS A SECOND], see ../README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '../../tests/clients/node_modules/playwright-core/index.mjs';
import { startDemo } from '../../scripts/demo.mjs';

const SECONDS = 8;
const LOOKS = [['', 1280], ['requests', 1280], ['requests', 360]];

const [, , program, rate = '25'] = process.argv;
const home = mkdtempSync(join(tmpdir(), 'frames-'));
const { process: demo, url } = await startDemo(program, { ...process.env, HOME: home });

const body = JSON.stringify({ model: 'gpt-6.1-terra', max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] });
const ask = () => fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then(answer => answer.text()).catch(() => {});
const asking = setInterval(ask, 1000 / rate);

const browser = await chromium.launch({ executablePath: process.env.CCP_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
for (const [place, width] of LOOKS) {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  await page.goto(`${url}/#/${place}`);
  await page.waitForTimeout(SECONDS * 1000);
  const { frames, longest } = await page.evaluate(milliseconds => new Promise(done => {
    const begin = performance.now();
    let [frames, longest, before] = [0, 0, begin];
    const count = now => {
      frames++;
      longest = Math.max(longest, now - before);
      before = now;
      if (now - begin < milliseconds) requestAnimationFrame(count);
      else done({ frames, longest });
    };
    requestAnimationFrame(count);
  }), SECONDS * 1000);
  console.log(`${(place || 'overview').padEnd(9)} ${String(width).padStart(5)} px  ${(frames / SECONDS).toFixed(0).padStart(3)} frames/s, the longest ${longest.toFixed(0)} ms`);
  await page.close();
}

clearInterval(asking);
await browser.close();
demo.on('exit', () => rmSync(home, { recursive: true, force: true }));
demo.kill('SIGINT');

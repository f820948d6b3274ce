// Pictures beside those that were accepted. CCP_ACCEPT=1 writes them anew: look at them before they are committed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { smallPng } from './small-png.mjs';

const ACCEPTED = new URL('./accepted/', import.meta.url);
const MACHINE = new URL('machine.json', ACCEPTED);

export const ACCEPTS = process.env.CCP_ACCEPT === '1';

/** Of a hundred pixels, as many may differ. */
const TOLERATED = 0.1;

/** What decides how the same page is painted: the version of the browser, and the fonts. */
const machine = page => page.evaluate(() => {
  const context = document.createElement('canvas').getContext('2d');
  const widths = ['sans', 'mono'].map(name => {
    context.font = `400 14px ${getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)}`;
    return Math.round(100 * context.measureText('The quick brown fox, 0123456789 – …').width);
  });
  return { chromium: Number(/Chrome\/(\d+)/.exec(navigator.userAgent)[1]), widths };
});

/** How many pixels of a hundred differ so much that it can be seen; null where the pictures have another size. Runs in a page, which can read PNG. */
async function difference([a, b]) {
  const pixels = async data => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [one, other] = [await pixels(a), await pixels(b)];
  if (one.width !== other.width || one.height !== other.height) return null;
  let differ = 0;
  for (let i = 0; i < one.data.length; i += 4) if ([0, 1, 2].some(channel => Math.abs(one.data[i + channel] - other.data[i + channel]) > 24)) differ++;
  return (100 * differ) / (one.width * one.height);
}

/** Width, height and pixels of a PNG. Runs in a page. */
async function opened(data) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  let text = '';
  for (let at = 0; at < pixels.length; at += 30_000) text += String.fromCharCode(...pixels.subarray(at, at + 30_000));
  return { width: image.width, height: image.height, pixels: btoa(text) };
}

/** Takes pictures, and tells at the end all that are not as accepted. */
export class Pictures {
  #found = [];

  constructor(browser, output) {
    this.browser = browser;
    this.output = output;
  }

  /** All of what the page shows, as it stands; of a list that has no end, the first pixels. */
  async take(page, name, most = Infinity) {
    await page.evaluate(() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))));
    const box = await page.locator('main').boundingBox();
    const picture = await page.screenshot({ animations: 'disabled', fullPage: true, clip: { ...box, height: Math.min(box.height, most) } });
    fs.mkdirSync(this.output, { recursive: true });
    fs.writeFileSync(path.join(this.output, `${name}.png`), picture);
    const here = await machine(page);
    if (ACCEPTS) {
      fs.mkdirSync(ACCEPTED, { recursive: true });
      const { width, height, pixels } = await this.#beside(opened, picture.toString('base64'));
      fs.writeFileSync(new URL(`${name}.png`, ACCEPTED), smallPng(width, height, Buffer.from(pixels, 'base64')));
      fs.writeFileSync(MACHINE, `${JSON.stringify(here)}\n`);
      return;
    }

    const there = JSON.parse(fs.readFileSync(MACHINE, 'utf8'));
    const differ = await this.#beside(difference, [picture, fs.readFileSync(new URL(`${name}.png`, ACCEPTED))].map(file => file.toString('base64')));
    if (differ !== null && differ <= TOLERATED) return;
    const told = `${name} ${differ === null ? 'has another size' : `differs in ${differ.toFixed(2)} % of its pixels`}`;
    if (JSON.stringify(here) === JSON.stringify(there)) this.#found.push(told);
    else console.log(`${told}; but this machine paints in another way: ${JSON.stringify(here)}, accepted on ${JSON.stringify(there)}`);
  }

  /** In a page that has no policy. */
  async #beside(work, given) {
    const blank = await this.browser.newPage();
    try {
      return await blank.evaluate(work, given);
    } finally {
      await blank.close();
    }
  }

  assert() {
    assert.deepEqual(this.#found, [], `Look at ${this.output}; if they are meant so, run the case with CCP_ACCEPT=1`);
  }
}

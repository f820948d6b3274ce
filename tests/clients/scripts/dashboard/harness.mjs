// Real Chromium on the dashboard. A case gets a fresh profile; whatever goes wrong in the page meanwhile fails it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Widths to look at; the last is a desktop at 200 % zoom. */
export const VIEWS = {
  360: { viewport: { width: 360, height: 780 } },
  768: { viewport: { width: 768, height: 1024 } },
  1440: { viewport: { width: 1440, height: 960 } },
  zoom: { viewport: { width: 720, height: 480 }, deviceScaleFactor: 2 },
};

/** Whether everything is looked at in every view, which takes long: otherwise in those that differ most. */
export const ALL_VIEWS = process.env.CCP_ALL_VIEWS === '1';

/** Theme and view to look at a place in. */
export const looks = ALL_VIEWS
  ? ['dark', 'light'].flatMap(theme => Object.keys(VIEWS).map(name => [theme, name]))
  : [['light', '360'], ['dark', '1440'], ['light', 'zoom']];

export const OPTIONS = { executablePath: process.env.CCP_CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] };

/** The browser that CCP_BROWSER names, of which only our part is closed; one of our own where there is none, or where it must be started in another way. */
export const launch = (args = []) => (process.env.CCP_BROWSER && args.length === 0
  ? chromium.connect(process.env.CCP_BROWSER)
  : chromium.launch({ ...OPTIONS, args: [...OPTIONS.args, ...args] }));

/**
 * Runs body with a page that watches itself.
 * @param body ({ page, context, url, problems, open, settled, axe, shot })
 */
export async function withPage({ url, output, browser: given, theme = 'dark', view = VIEWS[1440], ...options }, body) {
  const browser = given ?? await launch();
  const context = await browser.newContext({ ...view, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC', ...options });
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const problems = watch(page, url);
    await body({
      context, page, url, problems,
      /** Opens an address behind the #, such as /requests?outcome=failed. */
      open: async (place = '/') => {
        await page.goto(`${url}/#${place}`);
        // Until its parts are loaded the place before is still there.
        await page.locator(`main > .place.${place.split(/[/?]/)[1] || 'overview'}`).waitFor();
        await settled(page);
      },
      settled: () => settled(page),
      axe: () => axe(page),
      shot: (name, more) => shot(page, output, name, more),
    });
    assert.deepEqual(problems, [], 'The page had problems');
  } finally {
    await context.close();
    if (!given) await browser.close();
  }
}

/** Collects what must not happen: errors in the console, exceptions, failed requests, requests to anyone else. */
function watch(page, url) {
  const problems = [];
  page.on('console', message => { if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()} ${message.location().url}`); });
  page.on('pageerror', error => problems.push(`exception: ${error.stack}`));
  page.on('request', request => {
    const target = new URL(request.url());
    if (!['data:', 'blob:'].includes(target.protocol) && target.origin !== new URL(url).origin) problems.push(`another host: ${request.url()}`);
  });
  return problems;
}

/** Nothing is on its way any more and nothing says that it is loading. Streams stay open, so the network is never idle. */
async function settled(page) {
  await page.locator('main h1').waitFor();
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'));
  await page.evaluate(() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))));
}

async function axe(page) {
  // Through the debugger's door: the page's policy would refuse an added script.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map(node => `${node.target} ${node.failureSummary.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`);
  assert.deepEqual(found, [], 'axe found violations');
}

async function shot(page, output, name, { full = false } = {}) {
  fs.mkdirSync(output, { recursive: true });
  await page.screenshot({ path: path.join(output, `${name}.png`), fullPage: full });
}

/** Everything fits: no line of the page is wider than the screen. */
export async function assertFits(page) {
  const wide = await page.evaluate(() => (document.documentElement.scrollWidth <= innerWidth ? null : [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.scroll, .segments, pre, .tabs'))
    .slice(0, 3).map(element => element.outerHTML.slice(0, 120))));
  assert.equal(wide, null, `Wider than the screen: ${wide}`);
}

/**
 * Walks with the Tab key until the focus comes round. Every stop must be seen, marked and named, and the walk must end.
 * @returns the names, in order.
 */
export async function walk(page, limit = 150) {
  const stops = [];
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const first = element.dataset.walked === '1';
      element.dataset.walked = '1';
      // Where a whole card is the link, the mark is around the card: a pseudo-element of the link.
      const isOutlined = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      const box = element.getBoundingClientRect();
      const x = Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2));
      // In the middle of what is on the screen: a long table is higher than that.
      const y = (Math.max(0, box.top) + Math.min(innerHeight - 1, box.bottom)) / 2;
      const top = document.elementFromPoint(x, y);
      const name = element.getAttribute('aria-label') ?? (element.getAttribute('aria-labelledby') ? document.getElementById(element.getAttribute('aria-labelledby'))?.textContent : null)
        ?? element.labels?.[0]?.textContent ?? element.textContent.trim();
      return { first, name, tag: element.tagName, marked: isOutlined(getComputedStyle(element)) || isOutlined(getComputedStyle(element, '::after')), seen: !!top && (element.contains(top) || top.contains(element)) };
    });
    if (stop === null || stop.first) return stops;
    assert.ok(stop.name, `A stop without a name: ${stop.tag}`);
    assert.ok(stop.marked, `The focus cannot be seen on ${stop.tag} "${stop.name}"`);
    assert.ok(stop.seen, `Something covers ${stop.tag} "${stop.name}"`);
    stops.push(stop.name);
  }
  assert.fail(`The focus did not come round within ${limit} stops: ${stops.slice(-5)}`);
}

/** Answers a route with what `change` makes of the program's own answer. */
export const rewrite = (page, pathname, change) => page.route(address => address.pathname === pathname, async route => {
  try {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  } catch {
    // The page has gone on, and its request with it.
    await route.abort().catch(() => {});
  }
});

/** What was downloaded, also from a browser that another process has started. */
export async function textOf(download) {
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** Tries a check until it holds: what a page is asked to do, it does a little later. */
export async function eventually(check, patience = 20_000) {
  for (const end = Date.now() + patience; ;) {
    try {
      return await check();
    } catch (e) {
      if (Date.now() > end) throw e;
    }
    await new Promise(done => setTimeout(done, 50));
  }
}

/** Asks the proxy something, as a client would. */
export async function ask(url, { model = 'claude-opus-5-5', text = 'Hello', headers = {} } = {}) {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, max_tokens: 1000, messages: text === null ? [] : [{ role: 'user', content: text }] }),
  });
  await response.text();
  return response.status;
}

/** Chromium reports each refused request by itself; those that a case has provoked are taken off the list. */
export function forgive(problems, status = 400) {
  assert.ok(problems.every(problem => problem.includes(`status of ${status}`)), problems.join('\n'));
  problems.length = 0;
}

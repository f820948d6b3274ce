// With the longest addresses, names and paths nothing sticks out of its card, its dialog or the screen.
import assert from 'node:assert/strict';
import { ALL_VIEWS, eventually, forgive, launch, withPage } from './harness.mjs';
import { answerSix } from './six.mjs';
import { answerTheWorst } from './worst.mjs';

const WIDTHS = ALL_VIEWS ? [360, 768, 900, 1280] : [360, 900];

/** What may scroll sideways: tables, code, and rows of choices. Everything else fits or is cut where it is seen to be cut. */
const SCROLLS = '.scroll, pre, .segments, .tabs';

const places = {
  overview: { at: '/', also: { 'what the cost is made of': page => page.getByRole('link', { name: 'API equivalent today' }).focus(), 'the failed quick test': page => page.getByRole('button', { name: 'Test', exact: true }).click().then(() => page.getByText('is no longer valid').waitFor()) } },
  accounts: { at: '/accounts', also: { 'the drawer of an account': page => page.locator('.account .plain-button').nth(2).click(), 'the menu of an account': page => page.getByRole('button', { name: /^Actions for/ }).nth(1).click(), 'the removal': page => page.getByRole('button', { name: /^Actions for/ }).nth(1).click().then(() => page.getByRole('menuitem', { name: 'Remove' }).click()) } },
  requests: { at: '/requests', also: { 'all filters': page => page.getByRole('button', { name: 'Filters', exact: true }).click(), 'the drawer of a request': page => page.locator('tbody button, .request-card button').first().click(), 'a session': page => page.goto(`${page.url().split('#')[0]}#/requests?session=worst`).then(() => page.locator('.growth').waitFor()) } },
  analytics: { at: '/analytics', also: { 'what a cost is made of': page => page.locator('tfoot .figure-button').focus() } },
  claude: { at: '/claude' },
  settings: { at: '/settings', also: { 'the prices': page => page.getByRole('button', { name: 'Edit prices' }).click().then(() => page.locator('.price dl').first().waitFor()) } },
  keys: { at: '/settings?view=keys' },
  log: { at: '/settings?view=log' },
  health: { at: '/settings?view=health', also: { 'the checks': page => page.getByRole('button', { name: 'Run checks' }).click().then(() => page.locator('.check-line').first().waitFor()) } },
  about: { at: '/settings?view=about' },
};

const fits = ({ at, also = {} }) => async settings => {
  const browser = await launch();
  try {
    for (const width of WIDTHS) {
      await withPage({ ...settings, browser, view: { viewport: { width, height: 900 } } }, async ({ open, page, problems, settled, shot }) => {
        await answerTheWorst(page);
        const name = `worst-${at.replaceAll(/\W+/g, '-')}-${width}`;
        await open(at);
        await assertNothingSticksOut(page, `${at} at ${width}`);
        await shot(name, { full: true });
        for (const [what, act] of Object.entries(also)) {
          await act(page);
          await settled();
          await assertNothingSticksOut(page, `${what} at ${width}`);
          await shot(`${name}-${what.replaceAll(' ', '-')}`);
          await page.keyboard.press('Escape');
        }
        forgive(problems, 401);
      });
    }
  } finally {
    await browser.close();
  }
};

/** Looked at until it holds: figures come after the page. */
const assertNothingSticksOut = (page, where) => eventually(async () => assert.deepEqual(await page.evaluate(stickingOut, SCROLLS), [], where), 5_000);

/** Runs in the page. */
function stickingOut(scrolls) {
  const found = [];
  const tell = (element, what) => found.push(`${what}: <${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent.trim().slice(0, 60)}`);
  const clips = element => getComputedStyle(element).overflowX !== 'visible';
  if (document.documentElement.scrollWidth > innerWidth) found.push(`The page is ${document.documentElement.scrollWidth} wide on a screen of ${innerWidth}`);

  for (const element of document.querySelectorAll('body *')) {
    const style = getComputedStyle(element);
    if (element.closest('svg, canvas, .unseen, option, datalist, noscript') || !element.checkVisibility() || style.position === 'fixed') continue;
    if (['auto', 'scroll'].includes(style.overflowX) && element.scrollWidth > element.clientWidth + 1 && !element.matches(scrolls)) tell(element, 'scrolls sideways');
    // What lies in something that clips or scrolls is that thing's business.
    const box = element.parentElement?.closest('td, th, .card, dialog, .note, .tile, .hint, .menu-list, .window, .bar, .main') ?? document.documentElement;
    let clipped = false;
    for (let up = element.parentElement; up && up !== box; up = up.parentElement) clipped ||= clips(up);
    if (clipped) continue;
    const { left, right } = box === document.documentElement ? { left: 0, right: innerWidth } : box.getBoundingClientRect();
    const rects = [element.getBoundingClientRect()];
    if (!clips(element)) {
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        rects.push(...range.getClientRects());
      }
    }
    if (rects.some(rect => rect.width > 0 && (rect.right > right + 1 || rect.left < left - 1))) tell(element, `sticks out of ${box.className || box.tagName}`);
  }
  return found.slice(0, 6);
}

/** What is a glance is seen whole: the last requests at every width, and how a request ended on a phone. */
const glance = async settings => {
  const browser = await launch();
  try {
    for (const width of WIDTHS) {
      await withPage({ ...settings, browser, view: { viewport: { width, height: 900 } } }, async ({ open, page }) => {
        await answerTheWorst(page);
        await open('/');
        const table = page.getByRole('group', { name: 'Last requests' });
        await table.locator('tbody tr').first().waitFor();
        const [all, seen] = await table.evaluate(element => [element.scrollWidth, element.clientWidth]);
        assert.ok(all <= seen, `the last requests are ${all} wide in ${seen} at ${width}`);
        const heads = await table.locator('thead th').evaluateAll(cells => cells.filter(cell => cell.checkVisibility()).map(cell => cell.textContent));
        for (const name of ['Received', 'Result', 'Model', ...(width >= 768 ? ['Account', 'Total'] : [])]) assert.ok(heads.includes(name), `${name} is missing at ${width}: ${heads}`);
        const narrowest = await table.locator('tbody .column-model').evaluateAll(cells => Math.min(...cells.map(cell => cell.clientWidth)));
        assert.ok(narrowest >= 80, `the model has ${narrowest} pixels at ${width}`);

        await open('/requests');
        await page.locator('.requests .column-state .pill').nth(3).waitFor();
        // A list that is being written anew has no places yet.
        const rightEnds = () => page.locator('.requests .column-state .pill').evaluateAll(cells => cells.map(cell => Math.round(cell.getBoundingClientRect().right)));
        let ends = await rightEnds();
        for (let tries = 0; tries < 50 && (ends.length < 4 || ends.includes(0)); tries++) {
          await page.waitForTimeout(100);
          ends = await rightEnds();
        }
        assert.ok(ends.length >= 4 && ends.every(end => end > 0 && end <= width), `the results end at ${ends} on a screen of ${width}`);
      });
    }
  } finally {
    await browser.close();
  }
};

/** What a person comes for is on the first screen, without scrolling: the tiles, the pool, and every one of six accounts. */
const first = async settings => {
  const browser = await launch();
  try {
    for (const theme of ['dark', 'light']) {
      await withPage({ ...settings, browser, theme, view: { viewport: { width: 1280, height: 720 } } }, async ({ open, page, axe, shot }) => {
        await answerSix(page);
        await open('/');
        await eventually(async () => assert.equal(await page.locator('.account').count(), 6));
        await page.locator('.course .line').waitFor();
        const boxes = await page.locator('.tile, .pool, .account').evaluateAll(parts => parts.map(part => ({ name: part.className, bottom: part.getBoundingClientRect().bottom, hidden: part.scrollWidth > part.clientWidth + 1 })));
        assert.equal(boxes.length, 5 + 1 + 6);
        for (const { name, bottom } of boxes) assert.ok(bottom <= 720, `${name} ends at ${bottom}`);
        for (const place of ['/', '/accounts']) {
          await open(place);
          await eventually(async () => {
            assert.equal(await page.locator(`.place.${place === '/' ? 'overview' : 'accounts'} .account`).count(), 6);
            const { height } = await page.locator('.account-list').boundingBox();
            assert.ok(height > 100 && height <= 300, `six accounts are ${height} high at ${place}`);
          }, 5000);
          await assertNothingSticksOut(page, `${place} with six accounts`);
          await axe();
          await shot(`six-${place === '/' ? 'overview' : 'accounts'}-${theme}-1280`);
        }
      });
    }
    for (const width of WIDTHS) {
      await withPage({ ...settings, browser, view: { viewport: { width, height: 900 } } }, async ({ open, page, shot }) => {
        await answerSix(page);
        await open('/');
        await eventually(async () => assert.equal(await page.locator('.account').count(), 6));
        await assertNothingSticksOut(page, `six accounts at ${width}`);
        await shot(`six-overview-${width}`, { full: true });
      });
    }
  } finally {
    await browser.close();
  }
};

export const cases = { ...Object.fromEntries(Object.entries(places).map(([name, place]) => [name, fits(place)])), glance, first };

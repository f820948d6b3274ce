// The gallery of all components, and all places with recorded answers, beside the accepted pictures of them.
import fs from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { launch, withPage } from './harness.mjs';
import { ACCEPTS, Pictures } from './pictures.mjs';

const RECORDED = new URL('./accepted/answers.json.gz', import.meta.url);

/** The address on the pictures, whatever the program's is. */
const ADDRESS = 'http://localhost:8081';

const PLACES = { overview: '/', accounts: '/accounts', requests: '/requests', analytics: '/analytics', claude: '/claude', settings: '/settings' };

/** @param looks [theme, width, 'forced' where the system's colours take the place of the page's] */
async function compared(settings, looks, body) {
  const browser = await launch();
  try {
    const pictures = new Pictures(browser, settings.output);
    for (const [theme, width, forced] of looks) {
      await withPage({ ...settings, browser, theme, view: { viewport: { width, height: 900 } }, forcedColors: forced ? 'active' : 'none' }, async tools => {
        await body({ ...tools, look: [forced, theme, width].filter(Boolean).join('-'), width, pictures });
      });
    }

    pictures.assert();
  } finally {
    await browser.close();
  }
}

/** The bar at the foot would lie above what scrolls below it. */
const showAll = async (page, width) => page.setViewportSize({ width, height: Math.max(900, await page.evaluate(() => document.documentElement.scrollHeight)) });

/** The page's files from the program, its answers from the record, or into it. */
async function replay(page, url, record) {
  await page.route('**/*', async route => {
    const { pathname, search } = new URL(route.request().url());
    // What never ends has nothing to tell.
    if (pathname.endsWith('/stream')) return;
    const key = pathname + search;
    const asks = route.request().resourceType() === 'fetch';
    if (asks && record.answers[key] !== undefined) {
      await route.fulfill({ json: record.answers[key] });
      return;
    }

    const response = await route.fetch({ url: url + key, headers: { ...route.request().headers(), host: new URL(url).host } });
    if (asks && response.headers()['content-type']?.startsWith('application/json')) {
      if (!ACCEPTS) throw new Error(`${key} is not in the record: run the case with CCP_ACCEPT=1`);
      record.answers[key] = await response.json();
    }

    await route.fulfill({ response });
  });
}

export const cases = {
  gallery: settings => compared(settings, [['dark', 1280], ['light', 1280], ['dark', 360], ['light', 360], ['dark', 1280, 'forced'], ['light', 360, 'forced']], async ({ url, page, axe, look, width, pictures }) => {
    await page.clock.setFixedTime(new Date('2026-11-30T12:00:00Z'));
    // Some of it is busy for ever.
    await page.goto(`${url}/#/gallery`);
    await page.locator('.chart').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.chart').length === document.querySelectorAll('.chart canvas').length);
    await showAll(page, width);
    if (width === 360) await axe();
    await pictures.take(page, `gallery-${look}`);
  }),

  /** Run on a demo with a month behind it. Recorded anew, it shows that demo's addresses and times. */
  places: async settings => {
    const record = ACCEPTS ? { at: Date.now(), answers: {} } : JSON.parse(gunzipSync(fs.readFileSync(RECORDED)));
    await compared({ ...settings, url: ADDRESS }, [['dark', 1440], ['light', 1280], ['dark', 768], ['light', 360]], async ({ page, open, settled, look, width, pictures }) => {
      await page.clock.setFixedTime(new Date(record.at));
      await replay(page, settings.url, record);
      for (const [name, place] of Object.entries(PLACES)) {
        await open(place);
        await page.waitForFunction(() => document.querySelectorAll('.chart').length === document.querySelectorAll('.chart canvas').length);
        await showAll(page, width);
        await settled();
        await pictures.take(page, `${name}-${look}`, name === 'requests' ? 1600 : Infinity);
        await page.setViewportSize({ width, height: 900 });
      }
    });
    if (ACCEPTS) fs.writeFileSync(RECORDED, gzipSync(JSON.stringify(record)));
  },
};

// Each place, in both themes and several widths: it fits, axe finds nothing, and a picture is kept.
import assert from 'node:assert/strict';
import { ask, assertFits, launch, looks, VIEWS, walk, withPage } from './harness.mjs';

const PLACES = ['overview', 'accounts', 'requests', 'analytics', 'claude', 'settings'];

/** What a place of figures needs to have some. */
const prepare = async (place, url) => { if (place === 'analytics') for (const model of ['claude-opus-5-5', 'claude-sonnet-5', 'claude-haiku-4-5']) await ask(url, { model }); };

const look = place => async settings => {
  await prepare(place, settings.url);
  const browser = await launch();
  try {
    for (const [theme, name] of looks) {
      await withPage({ ...settings, browser, theme, view: VIEWS[name] }, async ({ open, page, axe, shot }) => {
        await open(place === 'overview' ? '/' : `/${place}`);
        await assertFits(page);
        await axe();
        await shot(`${place}-${theme}-${name}`, { full: name !== 'zoom' });
      });
    }
  } finally {
    await browser.close();
  }
};

const keyboard = place => settings => withPage({ ...settings, view: VIEWS[1440] }, async ({ open, page, url }) => {
  await prepare(place, url);
  await open(place === 'overview' ? '/' : `/${place}`);
  const stops = await walk(page);
  assert.equal(stops[0], 'Skip to content');
  for (const name of ['Overview', 'Accounts', 'Requests']) assert.ok(stops.includes(name), `${name} cannot be reached`);
});

export const cases = Object.fromEntries(PLACES.flatMap(place => [[place, look(place)], [`${place}-keyboard`, keyboard(place)]]));

// Each place, in both themes and several widths: it fits, axe finds nothing, and a picture is kept.
import assert from 'node:assert/strict';
import { assertFits, launch, looks, VIEWS, walk, withPage } from './harness.mjs';

const PLACES = ['overview', 'accounts', 'requests', 'claude', 'settings'];

const look = place => async settings => {
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

const keyboard = place => settings => withPage({ ...settings, view: VIEWS[1440] }, async ({ open, page }) => {
  await open(place === 'overview' ? '/' : `/${place}`);
  const stops = await walk(page);
  assert.equal(stops[0], 'Skip to content');
  for (const name of ['Overview', 'Accounts', 'Requests']) assert.ok(stops.includes(name), `${name} cannot be reached`);
});

export const cases = Object.fromEntries(PLACES.flatMap(place => [[place, look(place)], [`${place}-keyboard`, keyboard(place)]]));

// What a person is doing is not disturbed by what arrives meanwhile.
import assert from 'node:assert/strict';
import { ask, eventually, withPage } from './harness.mjs';

/** Makes the page ask for everything anew, as it does when it is looked at again, and waits for the answers. */
async function askAnew(page, ...paths) {
  const answers = paths.map(path => page.waitForResponse(response => new URL(response.url()).pathname === path));
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await Promise.all(answers);
  await page.waitForTimeout(300);
}

export const cases = {
  /** An answer that brings nothing new touches no element. Only times go on, and what is drawn from them. */
  still: settings => withPage(settings, async ({ open, page, url }) => {
    await ask(url);
    const places = { '/accounts': ['/api/pool', '/accounts'], '/requests': ['/api/pool', '/api/capture', '/api/stats/storage'], '/claude': ['/claude/config', '/settings/models'], '/settings?view=health': ['/api/drift'], '/settings?view=about': ['/api/about', '/api/stats/storage'] };
    for (const [place, paths] of Object.entries(places)) {
      await open(place);
      await askAnew(page, ...paths);
      await page.evaluate(() => {
        globalThis.touched = [];
        new MutationObserver(records => globalThis.touched.push(...records.map(({ type, target, attributeName }) => `${type} ${attributeName ?? ''} ${target.outerHTML?.slice(0, 120)}`)))
          .observe(document.body, { subtree: true, childList: true, attributeFilter: ['class', 'id', 'role', 'href', 'value', 'disabled', 'tabindex', 'aria-busy', 'aria-checked', 'data-state'] });
      });
      await askAnew(page, ...paths);
      assert.deepEqual(await page.evaluate(() => globalThis.touched), [], place);
    }
  }),

  /** Requests that arrive take away neither the focus nor what is selected. */
  place: settings => withPage(settings, async ({ open, page, url }) => {
    for (let i = 0; i < 3; i++) await ask(url, { text: null });
    await open('/requests');
    const rows = page.locator('tbody tr');
    await eventually(async () => assert.ok(await rows.count() >= 3));
    const before = await rows.count();
    await page.getByText('Live').waitFor();
    await rows.nth(1).getByRole('button').focus();
    await page.evaluate(() => {
      globalThis.kept = document.activeElement;
      getSelection().selectAllChildren(document.querySelectorAll('tbody tr')[2].querySelector('.column-model'));
    });
    const selected = await page.evaluate(() => getSelection().toString());
    assert.ok(selected);
    for (let i = 0; i < 3; i++) await ask(url, { text: null });
    await eventually(async () => assert.equal(await rows.count(), before + 3));
    assert.ok(await page.evaluate(() => globalThis.kept.isConnected && globalThis.kept === document.activeElement), 'the focus is where it was');
    assert.equal(await page.evaluate(() => getSelection().toString()), selected);
  }),

  /** A text that is being typed stays, whatever is answered. */
  typing: settings => withPage(settings, async ({ open, page }) => {
    await open('/accounts?account=' + encodeURIComponent((await (await fetch(`${settings.url}/accounts`)).json()).accounts[0].id));
    const label = page.getByRole('dialog').getByLabel('Label');
    await label.fill('');
    await label.pressSequentially('Wor');
    await askAnew(page, '/api/pool', '/accounts');
    await label.pressSequentially('k');
    assert.equal(await label.inputValue(), 'Work');

    await open('/requests');
    const search = page.getByRole('searchbox');
    await search.pressSequentially('som');
    await askAnew(page, '/api/pool');
    await search.pressSequentially('e');
    await page.waitForURL(/q=some$/);
    assert.equal(await search.inputValue(), 'some');
  }),
};

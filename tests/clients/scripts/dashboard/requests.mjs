import assert from 'node:assert/strict';
import fs from 'node:fs';
import { ask, eventually, withPage } from './harness.mjs';

const SESSION = { 'x-claude-code-session-id': '7b9d4c2e-0000-4000-8000-000000000001' };

const rows = page => page.locator('tbody tr');

export const cases = {
  drawer: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    await ask(url, { headers: SESSION });
    await open('/requests');
    await rows(page).first().getByRole('button').focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog');
    for (const heading of ['Timeline', 'Tokens', 'Summary', 'Attempts', 'Why this account', 'Bodies']) await drawer.getByRole('heading', { name: heading }).waitFor();
    await drawer.getByText('First token').waitFor();
    await axe();
    await shot('requests-drawer');
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await page.waitForURL(address => !address.href.includes('id='));
    await eventually(async () => assert.ok(await page.evaluate(() => document.activeElement.matches('tbody button')), 'the focus is back in the row'));
    await page.goBack();
    await drawer.getByText('claude-opus-5-5').first().waitFor();
    await drawer.getByRole('link', { name: 'Show all' }).first().click();
    await drawer.waitFor({ state: 'detached' });
    await page.waitForURL(/model=claude-opus-5-5/);
  }),

  failover: settings => withPage(settings, async ({ open, page, url, shot }) => {
    await ask(url, { text: 'simulate a limit' });
    await open('/requests');
    await rows(page).first().getByRole('button').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('Failed').first().waitFor();
    await drawer.getByText('Served').waitFor();
    await shot('requests-failover');
  }),

  filters: settings => withPage(settings, async ({ open, page, url, settled }) => {
    await ask(url, { model: 'claude-sonnet-5', headers: SESSION });
    await ask(url, { text: null });
    await open('/requests');
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
    await page.waitForURL(/outcome=failed/);
    await page.reload();
    await settled();
    await eventually(async () => assert.equal(await rows(page).count(), 1));
    await page.getByRole('searchbox').fill('nothing has this');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2);
    await page.getByRole('searchbox').fill('sonnet');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  }),

  tail: settings => withPage(settings, async ({ open, page, url, shot }) => {
    await open('/requests');
    await page.getByText('No requests yet').waitFor();
    await page.getByText('Live').waitFor();
    await ask(url);
    await rows(page).first().getByText('OK').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await ask(url, { text: null });
    await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor();
    assert.equal(await rows(page).count(), 1);
    await page.getByRole('button', { name: /^Resume/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 2);
    await shot('requests-tail');
  }),

  pages: settings => withPage(settings, async ({ open, page, url }) => {
    for (let i = 0; i < 53; i++) await ask(url, { text: null });
    await open('/requests');
    await eventually(async () => assert.equal(await rows(page).count(), 50));
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 53);
    await eventually(async () => assert.equal(await page.getByRole('button', { name: 'Show more' }).count(), 0));
  }),

  export: settings => withPage(settings, async ({ open, page, url }) => {
    await ask(url);
    await open('/requests');
    for (const format of ['CSV', 'JSON']) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: format }).click()]);
      assert.equal(download.suggestedFilename(), `requests.${format.toLowerCase()}`);
    }
    // With filters only what they let through.
    await ask(url, { text: null });
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.getByRole('searchbox').fill('at least one message');
    await page.waitForURL(/outcome=failed.*q=/);
    await eventually(async () => assert.ok((await rows(page).allTextContents()).every(text => text.includes('400 invalid request'))));
    const shown = await rows(page).count();
    assert.ok(shown > 0);
    for (const [format, outcomes] of [
      ['CSV', text => text.trim().split('\r\n').slice(1).map(line => (line.includes(',failed,') ? 'failed' : line))],
      ['JSON', text => JSON.parse(text).map(row => row.outcome)],
    ]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: format }).click()]);
      assert.deepEqual(outcomes(fs.readFileSync(await download.path(), 'utf8')), Array(shown).fill('failed'));
    }
  }),

  bodies: settings => withPage(settings, async ({ open, page, url, shot, axe }) => {
    await open('/requests');
    await page.getByRole('button', { name: 'Record bodies' }).click();
    await axe();
    await page.getByRole('dialog').getByRole('button', { name: 'Record bodies' }).click();
    await page.getByText(/Bodies are recorded for another/).waitFor();
    await ask(url, { text: 'The canary sings' });
    await rows(page).first().getByRole('button').click();
    await page.getByRole('button', { name: 'Show the bodies' }).click();
    await page.getByText('The canary sings').waitFor();
    await shot('requests-bodies');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Stop and delete' }).click();
    await page.getByText(/Bodies are recorded for another/).waitFor({ state: 'detached' });
  }),
};

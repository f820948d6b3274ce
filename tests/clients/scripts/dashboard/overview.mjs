import assert from 'node:assert/strict';
import { ask, eventually, withPage } from './harness.mjs';

export const cases = {
  status: settings => withPage(settings, async ({ open, page }) => {
    await open('/');
    await page.getByText('Working.').waitFor();
    await eventually(async () => assert.match(await page.locator('.status').textContent(), /New conversations go to pro@simulated\.example/));
    const meters = page.getByRole('meter');
    await eventually(async () => assert.equal(await meters.count(), 4));
    await eventually(async () => assert.match(await meters.first().getAttribute('aria-label'), /5 hours: [\d.]+ % used; \d+ % would be used by now at a constant rate/));
    await page.getByText(/At the current rate it is used up/).waitFor();
    await page.getByText(/Resets in 1 d/).waitFor();
  }),

  live: settings => withPage(settings, async ({ open, page, url, shot }) => {
    await open('/');
    await page.getByText('Live').waitFor();
    const answered = ask(url, { model: 'claude-sonnet-5' });
    const row = page.getByRole('row').filter({ hasText: 'claude-sonnet-5' }).first();
    await row.getByText('Running').waitFor();
    assert.equal(await answered, 200);
    await row.getByText('OK').waitFor();
    await ask(url, { text: null });
    await page.getByText('400 invalid request').first().waitFor();
    await shot('overview-live', { full: true });
    // The numbers follow by themselves.
    await page.waitForFunction(() => Number(document.querySelector('.tile .value')?.textContent) >= 2);
    await row.getByRole('button').click();
    await page.getByRole('dialog').getByText('claude-sonnet-5').first().waitFor();
    await page.waitForURL(/#\/requests\?id=req_/);
  }),

  test: settings => withPage(settings, async ({ open, page, shot, axe }) => {
    await open('/');
    await page.getByLabel('Prompt').fill('Hello there');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText(/first token .* output tokens/).waitFor();
    await page.getByRole('radio', { name: 'Chat Completions' }).click();
    await page.getByLabel('Model').selectOption('gpt-6-luna');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText(/^gpt-6-luna · first token/).waitFor();
    await page.getByRole('button', { name: /^Test haiku/ }).click();
    await page.getByText(/^claude-haiku-4-5 · first token/).waitFor();
    await axe();
    await shot('overview-test');
  }),

  connect: settings => withPage(settings, async ({ open, page, url }) => {
    await open('/');
    const port = new URL(url).port;
    await page.getByRole('radio', { name: 'PowerShell' }).click();
    await page.getByRole('button', { name: 'Copy the commands' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, new RegExp(`\\$env:ANTHROPIC_BASE_URL = "http://[\\w.]+:${port}"`));
    await page.keyboard.press('Tab');
    const shells = page.getByRole('radio', { name: 'PowerShell' });
    await shells.focus();
    await page.keyboard.press('ArrowLeft');
    await eventually(async () => assert.equal(await page.getByRole('radio', { name: 'fish' }).getAttribute('aria-checked'), 'true'));
  }),

  usage: settings => withPage(settings, async ({ open, page, url, axe }) => {
    await ask(url);
    await open('/');
    await page.getByRole('radio', { name: '7 d' }).click();
    await page.waitForURL(/range=7d/);
    await page.locator('.chart canvas').waitFor();
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.getByRole('table', { name: 'Usage' }).waitFor();
    await axe();
  }),
};

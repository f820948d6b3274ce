// Settings, log, health and about.
import assert from 'node:assert/strict';
import { ask, assertFits, eventually, forgive, launch, looks, VIEWS, withPage } from './harness.mjs';

const setting = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
const value = async (url, name) => (await (await fetch(`${url}/api/settings`)).json()).settings[name];

export const cases = {
  form: settings => withPage(settings, async ({ open, page, url, problems, shot, axe }) => {
    await open('/settings');
    const hold = setting(page, 'Hold the start of responses');
    await hold.getByRole('spinbutton').fill('99');
    await hold.getByRole('spinbutton').press('Enter');
    await hold.getByText('holdSeconds: must be a whole number from 1 to 60').waitFor();
    await axe();
    await shot('settings-refused');
    forgive(problems);
    await hold.getByRole('spinbutton').fill('20');
    await hold.getByRole('spinbutton').press('Enter');
    await hold.getByText('Saved').waitFor();
    assert.equal(await value(url, 'holdSeconds'), 20);
    await hold.getByRole('button', { name: 'Back to the default: Hold the start of responses' }).click();
    await page.waitForFunction(() => ![...document.querySelectorAll('button')].some(button => button.ariaLabel?.startsWith('Back to the default: Hold')));
    await eventually(async () => assert.equal(await value(url, 'holdSeconds'), 10));
    await setting(page, 'Mask e-mail addresses in the log').getByRole('switch').click();
    await setting(page, 'Mask e-mail addresses in the log').getByText('Saved').waitFor();
    assert.equal(await value(url, 'maskEmailsInLog'), true);
    await setting(page, 'Request shape').getByRole('radio', { name: 'lite' }).click();
    await setting(page, 'Request shape').getByText('Saved').waitFor();
    assert.equal(await value(url, 'lane'), 'lite');
  }),

  log: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    await open('/settings');
    await page.getByRole('tab', { name: 'Settings' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/view=log/);
    await page.getByText('Live').waitFor();
    const log = page.getByRole('log');
    await ask(url, { model: 'claude-sonnet-5' });
    await log.getByText(/POST \/v1\/messages 200/).waitFor();
    await axe();
    await shot('settings-log');

    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await log.getByRole('listitem').count();
    await ask(url, { text: null });
    await page.getByText(/Paused, \d+ new/).waitFor();
    assert.equal(await log.getByRole('listitem').count(), before);
    await page.getByRole('button', { name: 'Resume' }).click();
    await log.getByText(/POST \/v1\/messages 400/).waitFor();

    await page.getByRole('searchbox').fill('messages 400');
    await page.waitForFunction(() => document.querySelectorAll('.entry').length === 1);
    await page.waitForURL(/q=messages/);
    await page.getByRole('button', { name: 'Copy' }).click();
    await eventually(async () => assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\S+Z \w+ \S+ POST \/v1\/messages 400[^\n]*$/));
    await page.getByRole('searchbox').press('Escape');
    for (const level of ['Info', 'Success', 'Warn', 'Error', 'Debug']) await page.getByRole('button', { name: level, exact: true }).click();
    await page.getByText('No log entry matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await log.getByText(/POST \/v1\/messages 400/).waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.getByText('Nothing logged yet').waitFor();
    assert.ok((await (await fetch(`${url}/api/logs`)).json()).logs.length > 0, 'only the page is cleared');
  }),

  views: async settings => {
    const browser = await launch();
    try {
      for (const [theme, name] of looks) {
        await withPage({ ...settings, browser, theme, view: VIEWS[name] }, async ({ open, page, axe, shot }) => {
          for (const part of ['log', 'health', 'about']) {
            await open(`/settings?view=${part}`);
            await assertFits(page);
            await axe();
            await shot(`settings-${part}-${theme}-${name}`, { full: name !== 'zoom' });
          }
        });
      }
    } finally {
      await browser.close();
    }
  },

  /** What the program can mend is a button beside what was found. */
  health: settings => withPage(settings, async ({ open, page, axe, shot }) => {
    await open('/settings?view=health');
    await page.getByRole('button', { name: 'Run checks' }).click();
    const check = page.locator('.check-line').filter({ hasText: "Claude Code's settings" });
    await check.getByText('Claude Code uses Anthropic').waitFor();
    await axe();
    await shot('settings-health-found');
    await check.getByRole('button', { name: 'Change Claude Code’s settings' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Write the file' }).click();
    await check.getByText('Claude Code uses this proxy').waitFor();
    assert.equal(await check.getByRole('button').count(), 0);
    await open('/');
    await open('/settings?view=health');
    await check.getByText('Claude Code uses this proxy').waitFor();
    await page.getByText(/^Checked /).waitFor();
  }),

  about: settings => withPage(settings, async ({ open, page, url }) => {
    await open('/settings?view=about');
    await page.getByText(url).first().waitFor();
    await page.getByText('This is a demo').waitFor();
    await page.getByText('accounts.json').waitFor();
    const reference = await fetch(await page.getByRole('link', { name: 'openapi.json' }).getAttribute('href'));
    assert.equal((await reference.json()).openapi, '3.1.0');
    await page.getByRole('button', { name: 'Delete all statistics' }).click();
    const dialog = page.getByRole('dialog');
    const forget = dialog.getByRole('button', { name: 'Delete', exact: true });
    assert.ok(await forget.isDisabled());
    await dialog.getByRole('textbox').fill('delete');
    await forget.click();
    await page.getByText('All statistics were deleted').waitFor();
  }),
};

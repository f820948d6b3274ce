// Settings, log, health and about.
import assert from 'node:assert/strict';
import { ask, assertFits, eventually, forgive, launch, looks, VIEWS, withPage } from './harness.mjs';

const setting = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
const value = async (url, name) => (await (await fetch(`${url}/api/settings`)).json()).settings[name];

export const cases = {
  form: settings => withPage(settings, async ({ open, page, url, problems, shot, axe }) => {
    await open('/settings');
    const groups = await page.locator('.settings-list h2').allTextContents();
    assert.deepEqual(groups, ['Models', 'Accounts', 'Alerts', 'Behaviour', 'Privacy', 'Statistics', 'Network', 'Advanced']);
    // Every setting of the program, in the words of a person.
    const { keys } = await (await fetch(`${url}/api/settings`)).json();
    assert.equal(await page.locator('.setting').count(), keys.length);
    const prose = await page.locator('.settings-list').allInnerTexts();
    for (const word of ['null', 'true', 'false', ...keys.map(key => key.name).filter(name => /[A-Z]/.test(name))]) assert.doesNotMatch(prose.join('\n'), new RegExp(`\\b${word}\\b`), `${word} is in the prose`);

    const hold = setting(page, 'Hold the start of responses');
    await hold.getByRole('spinbutton').fill('99');
    await hold.getByRole('spinbutton').press('Enter');
    await hold.getByText('Must be a whole number from 1 to 60').waitFor();
    await axe();
    await shot('settings-refused');
    forgive(problems);
    await hold.getByRole('spinbutton').fill('20');
    await hold.getByRole('spinbutton').press('Enter');
    await hold.getByText('Saved').waitFor();
    assert.equal(await value(url, 'holdSeconds'), 20);
    await setting(page, 'Mask e-mail addresses in the log').getByRole('switch').click();
    await setting(page, 'Mask e-mail addresses in the log').getByText('Saved').waitFor();
    assert.equal(await value(url, 'maskEmailsInLog'), true);
    await setting(page, 'Request shape').getByRole('radio', { name: 'Short' }).click();
    await setting(page, 'Request shape').getByText('Saved').waitFor();
    assert.equal(await value(url, 'lane'), 'lite');

    // What was changed is marked, shows its default, and goes back to it by itself.
    await hold.getByText('Default: 10 seconds').waitFor();
    await page.getByRole('button', { name: 'Changed (3)' }).click();
    await eventually(async () => assert.deepEqual(await page.locator('.setting h3').allTextContents(), ['Mask e-mail addresses in the log', 'Hold the start of responses', 'Request shape']));
    await shot('settings-changed');
    await hold.getByRole('button', { name: 'Back to the default: Hold the start of responses' }).click();
    await eventually(async () => assert.equal(await page.locator('.setting').count(), 2));
    assert.equal(await value(url, 'holdSeconds'), 10);
    assert.equal(await value(url, 'maskEmailsInLog'), true);
    await page.getByRole('button', { name: 'Changed (2)' }).click();

    const search = page.getByRole('searchbox');
    await search.fill('prometheus');
    await eventually(async () => assert.deepEqual(await page.locator('.setting h3').allTextContents(), ['Accounts in the metrics']));
    await page.waitForURL(/q=prometheus/);
    // Also by its name in the file, which the page does not show.
    await search.fill('holdUntilReset');
    await eventually(async () => assert.deepEqual(await page.locator('.setting h3').allTextContents(), ['Wait for a reset']));
    await search.fill('nothing has this');
    await page.getByText('No setting matches').waitFor();
    await axe();
    await search.press('Escape');
    await eventually(async () => assert.equal(await page.locator('.setting').count(), keys.length));
    await page.getByRole('navigation', { name: 'Groups of settings' }).getByRole('link', { name: 'Privacy' }).click();
    await page.waitForURL(/group=privacy/);
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Privacy'));
  }),

  /** A channel is added, tested and removed; what the program refuses is said in the dialog, and addresses are never shown in full. */
  alerts: settings => withPage(settings, async ({ open, page, url, problems, shot, axe }) => {
    await open('/settings?group=alerts');
    const card = page.locator('[data-group="alerts"]');
    await card.getByText('Get a message when an account is used up').waitFor();
    await shot('settings-alerts-none');
    await card.getByRole('button', { name: 'Add a channel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Kind').selectOption('Webhook');
    await dialog.getByLabel('Name').fill('hook');
    await dialog.getByLabel('Address').fill('http://example.com/hook');
    await dialog.getByRole('button', { name: 'Add a channel' }).click();
    await dialog.getByText('Url must begin with https').waitFor();
    await axe();
    await shot('settings-alerts-refused');
    forgive(problems);
    await dialog.getByLabel('Kind').selectOption('ntfy (phone app)');
    await dialog.getByLabel('Topic').fill('a-hidden-topic-nobody-guesses');
    await dialog.getByText('10 events').click();
    await dialog.getByLabel('A client was seen for the first time.').check();
    await axe();
    await shot('settings-alerts-adding');
    await dialog.getByRole('button', { name: 'Add a channel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await card.getByText('https://ntfy.sh/…sses').waitFor();
    await card.getByText('11 events').waitFor();
    assert.doesNotMatch(await page.content(), /hidden-topic/);
    const [channel] = (await (await fetch(`${url}/api/alerts`)).json()).channels;
    assert.deepEqual([channel.name, channel.kind, channel.events.includes('client.new')], ['hook', 'ntfy', true]);
    await axe();
    await shot('settings-alerts');
    await page.setViewportSize(VIEWS[360].viewport);
    await assertFits(page);
    await card.scrollIntoViewIfNeeded();
    await shot('settings-alerts-360');
    // Nothing leaves the machine of a demo, and the page says what came of it.
    await card.getByRole('button', { name: 'Send a test to hook' }).click();
    await page.locator('.toast').filter({ hasText: 'The test' }).filter({ hasText: 'hook' }).last().waitFor();
    await card.getByRole('button', { name: 'Remove hook' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await card.getByText('Get a message when an account is used up').waitFor();
  }),

  /** Own prices are added, changed and removed; what the program refuses is said at the field. */
  prices: settings => withPage(settings, async ({ open, page, url, problems, shot, axe }) => {
    await open('/settings?group=statistics');
    await setting(page, 'Prices for the estimate').getByRole('button', { name: 'Edit prices' }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByText('None yet.').waitFor();
    await drawer.getByRole('button', { name: 'Add a price' }).click();
    const form = drawer.getByRole('form');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'model');
    await page.keyboard.press('Enter');
    await form.getByText('Enter the name of a model.').waitFor();
    await form.getByLabel('Model name').fill('model-of-mine');
    await form.getByLabel('Input', { exact: true }).fill('cheap');
    await form.getByLabel('Cached input').fill('0,5');
    await form.getByLabel('Output').fill('10');
    await page.keyboard.press('Enter');
    await form.getByText('Input must be a number from 0 to 100000').waitFor();
    assert.equal(await form.getByLabel('Input', { exact: true }).getAttribute('aria-invalid'), 'true');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'input');
    await axe();
    await shot('settings-price-refused');
    forgive(problems);
    await form.getByLabel('Input', { exact: true }).fill('2');
    await page.keyboard.press('Enter');
    await drawer.getByRole('button', { name: 'Change the price of model-of-mine' }).waitFor();
    assert.deepEqual(await value(url, 'prices'), { 'model-of-mine': { input: 2, cachedInput: 0.5, output: 10 } });

    await drawer.getByRole('button', { name: 'Replace the price of gpt-6-sol' }).click();
    assert.equal(await form.getByLabel('Output').inputValue(), '10');
    await form.getByLabel('Output').fill('12');
    await page.keyboard.press('Enter');
    await drawer.getByRole('button', { name: 'Change the price of gpt-6-sol' }).waitFor();
    await eventually(async () => assert.equal(await drawer.getByRole('button', { name: 'Replace the price of gpt-6-sol' }).count(), 0));
    assert.equal((await value(url, 'prices'))['gpt-6-sol'].output, 12);
    await drawer.getByRole('button', { name: 'Remove your price of model-of-mine' }).click();
    await drawer.getByRole('button', { name: 'Change the price of model-of-mine' }).waitFor({ state: 'detached' });
    assert.deepEqual(Object.keys(await value(url, 'prices')), ['gpt-6-sol']);
    await page.setViewportSize(VIEWS[360].viewport);
    await assertFits(page);
    await axe();
    await shot('settings-prices-360');
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await setting(page, 'Prices for the estimate').getByText('1 own price').waitFor();
    await setting(page, 'Prices for the estimate').getByRole('button', { name: 'Back to the default: Prices for the estimate' }).click();
    await eventually(async () => assert.deepEqual(await value(url, 'prices'), {}));
  }),

  /** A key is made, shown once, used, limited, replaced and revoked; without any there is one sentence and a button. */
  keys: settings => withPage(settings, async ({ open, page, url, problems, shot, axe }) => {
    await open('/settings?view=keys');
    await page.getByText('No client has a key of its own').waitFor();
    await axe();
    await shot('settings-keys-none');
    await page.getByRole('button', { name: 'Add a key' }).click();
    const form = page.getByRole('dialog');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'name');
    await form.getByLabel('Name').fill('laptop');
    await form.getByLabel('Models').fill('gpt-*, claude-*');
    await form.getByRole('button', { name: 'Add a limit' }).click();
    await form.getByLabel('Maximum').fill('none');
    await axe();
    await form.getByRole('button', { name: 'Create the key' }).click();
    await form.getByText('The maximum of a limit must be a number above 0.').waitFor();
    await shot('settings-keys-form');
    await form.getByLabel('Models').fill('gpt 5');
    await form.getByLabel('Maximum').fill('2,000');
    await form.getByRole('button', { name: 'Create the key' }).click();
    await form.getByText('models must be a list of model names').waitFor();
    forgive(problems);
    await form.getByLabel('Models').fill('gpt-*, claude-*');
    await form.getByRole('button', { name: 'Create the key' }).click();

    const once = page.getByRole('dialog', { name: 'The key laptop' });
    await once.getByText('This is the only time the key is shown.').waitFor();
    await page.keyboard.press('Escape');
    const key = (await once.locator('code').first().textContent()).trim();
    assert.match(key, /^ccp_[A-Za-z0-9]{43}$/);
    await once.getByRole('button', { name: 'Copy the commands' }).click();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`ANTHROPIC_AUTH_TOKEN=${key}`));
    await axe();
    await shot('settings-keys-once');
    await once.getByRole('button', { name: 'I have copied it' }).click();
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'laptop' }) });
    await card.getByText(`${key.slice(0, 8)}…`).waitFor();
    await eventually(async () => assert.equal(await page.getByText(key).count(), 0));

    // The client uses it up, and is told so; without a key nobody gets in.
    const asked = headers => fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 200, messages: [{ role: 'user', content: 'word '.repeat(2500) }] }) });
    assert.equal((await asked({})).status, 401);
    const first = await asked({ 'x-api-key': key });
    assert.equal(first.status, 200);
    await first.text();
    await eventually(async () => {
      const answer = await asked({ 'x-api-key': key });
      assert.match(await answer.text(), /The key 'laptop' has reached its daily limit of 2,000 tokens/);
    });
    await open('/settings?view=keys');
    await card.getByText('Limit reached').waitFor();
    await card.getByText(/of 2,000/).waitFor();
    for (const size of [VIEWS[1440], VIEWS[360]]) {
      await page.setViewportSize(size.viewport);
      await assertFits(page);
      await axe();
      await shot(`settings-keys-${size.viewport.width}`);
    }

    await page.setViewportSize(VIEWS[1440].viewport);
    await card.getByRole('link', { name: 'Show requests' }).click();
    await page.waitForURL(/requests\?key=/);
    await page.getByText('Client key: laptop').or(page.getByText('laptop')).first().waitFor();
    await page.locator('.column-model').nth(1).waitFor();
    await open('/settings?view=keys');
    const menu = card.getByRole('button', { name: 'Actions for laptop' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await form.getByLabel('Name').fill('old laptop');
    await form.getByRole('button', { name: 'Remove the limit' }).click();
    await form.getByRole('button', { name: 'Save' }).click();
    const renamed = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'old laptop' }) });
    await renamed.getByText('All models').or(renamed.getByText('gpt-*, claude-*')).waitFor();
    assert.equal(await renamed.getByText('Limit reached').count(), 0);

    await renamed.getByRole('button', { name: 'Actions for old laptop' }).click();
    await page.getByRole('menuitem', { name: 'Replace the key' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replace the key' }).click();
    await page.getByRole('button', { name: 'I have copied it' }).click();
    assert.equal((await asked({ 'x-api-key': key })).status, 401);
    await renamed.getByRole('button', { name: 'Actions for old laptop' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No client has a key of its own').waitFor();
    await open('/analytics?by=key');
    await page.getByText('laptop (deleted)').first().waitFor();
    await shot('analytics-by-key');
  }),

  log: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    await open('/settings');
    await page.getByRole('tab', { name: 'Settings' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(/view=keys/);
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
          for (const part of ['keys', 'log', 'health', 'about']) {
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

// The place for accounts, on the demo's two.
import assert from 'node:assert/strict';
import { assertFits, eventually, forgive, VIEWS, withPage } from './harness.mjs';

const accounts = async url => (await (await fetch(`${url}/accounts`)).json()).accounts;
const row = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3, name }) });

/** What a menu offers for an account. */
const act = async (page, name, action) => {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
};

export const cases = {
  search: settings => withPage(settings, async ({ open, page }) => {
    await open('/accounts');
    const box = page.getByRole('searchbox');
    await box.fill('PLUS');
    await row(page, /^pro@/).waitFor({ state: 'detached' });
    await page.waitForURL(/q=PLUS/);
    await box.fill('nobody');
    await page.getByText('No account matches').waitFor();
    await box.press('Escape');
    await row(page, /^pro@/).waitFor();
    assert.equal(await box.inputValue(), '');
    assert.ok(await box.evaluate(element => element === document.activeElement), 'the focus stays in the field');
  }),

  actions: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    await open('/accounts');
    await act(page, 'plus@simulated.example', 'Make active');
    await page.getByText('Switched to account: plus@simulated.example').waitFor();
    await row(page, /^plus@/).getByText('Next', { exact: true }).waitFor();
    assert.equal((await accounts(url)).find(account => account.isActive).email, 'plus@simulated.example');

    await act(page, 'plus@simulated.example', 'Disable');
    await row(page, /^plus@/).getByText('Disabled').waitFor();
    const menu = page.getByRole('button', { name: 'Actions for plus@simulated.example' });
    assert.ok(await menu.evaluate(element => element === document.activeElement), 'an answer that arrives takes nobody’s focus');
    await act(page, 'plus@simulated.example', 'Enable');
    await row(page, /^plus@/).getByText('Ready').waitFor();

    await act(page, 'pro@simulated.example', 'Refresh token and quota');
    await page.getByText('Token refreshed for: pro@simulated.example').waitFor();
    await page.getByRole('button', { name: 'Refresh all' }).click();
    const results = page.getByRole('dialog');
    await results.getByText('plus@simulated.example').waitFor();
    await eventually(async () => assert.equal(await results.getByText('Token and quota refreshed.').count(), 2));
    await axe();
    await shot('accounts-refreshed');
  }),

  drawer: settings => withPage(settings, async ({ open, page, url, axe, shot, problems }) => {
    await open('/accounts');
    await act(page, 'plus@simulated.example', 'Details');
    const drawer = page.getByRole('dialog');
    for (const heading of ['Quota', 'Preferences', 'Sign-in', 'Exact numbers', 'Remove']) await drawer.getByRole('heading', { name: heading, exact: true }).waitFor();
    await page.waitForURL(/account=plus/);
    const reserve = drawer.getByLabel('Reserve in percent');
    await reserve.fill('150');
    await reserve.press('Enter');
    await drawer.getByText('reserve: must be a whole number of percent from 0 to 100').waitFor();
    forgive(problems);
    await reserve.fill('15');
    await reserve.press('Enter');
    await drawer.getByText('Saved').waitFor();
    const proxy = drawer.getByLabel('Proxy', { exact: true });
    await proxy.fill('gopher://me:s3cret@proxy.example');
    await proxy.press('Enter');
    await drawer.getByText('its kind must be http, https, socks5 or socks4a').waitFor();
    forgive(problems);
    await proxy.fill('socks5://me:s3cret@proxy.example:1080');
    await proxy.press('Enter');
    await eventually(async () => assert.equal(await proxy.inputValue(), 'socks5://***@proxy.example:1080', 'its credentials are hidden'));
    assert.ok(!(await page.content()).includes('s3cret'));
    await proxy.fill('');
    await proxy.press('Enter');
    await eventually(async () => assert.equal((await accounts(url)).find(account => account.email === 'plus@simulated.example').proxy, null));
    await drawer.getByLabel('Label').fill('Home');
    await drawer.getByLabel('Label').press('Enter');
    await row(page, 'Home').waitFor({ state: 'attached' });
    await drawer.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The account works: upstream accepted it.').waitFor();
    await axe();
    await shot('accounts-drawer');
    const known = (await accounts(url)).find(account => account.email === 'plus@simulated.example');
    assert.deepEqual([known.label, known.reserve], ['Home', 15]);

    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await page.waitForURL(address => !address.href.includes('account='));
    await page.goBack();
    await drawer.waitFor();
  }),

  remove: settings => withPage(settings, async ({ open, page, url, axe }) => {
    await open('/accounts');
    await act(page, 'plus@simulated.example', 'Remove');
    const dialog = page.getByRole('dialog');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Cancel', 'the safe button has the focus'));
    await dialog.getByLabel('Also sign out at OpenAI').waitFor();
    await axe();
    await page.keyboard.press('Enter');
    assert.equal((await accounts(url)).length, 2);

    for (const name of ['plus', 'pro']) {
      await act(page, `${name}@simulated.example`, 'Remove');
      await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    }
    await page.getByText('No accounts yet').waitFor();
    assert.equal((await accounts(url)).length, 0);
    await axe();
    await page.getByRole('button', { name: 'Import from Codex' }).click();
    await dialog.getByText(/share one refresh token/).waitFor();
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.getByText('No Codex auth.json found').waitFor();
  }),

  files: settings => withPage({ ...settings, view: VIEWS[360] }, async ({ open, page, url, axe, shot }) => {
    const token = (email, account) => `e30.${Buffer.from(JSON.stringify({
      email, iat: 1, exp: Math.floor(Date.now() / 1000) + 864000, 'https://api.openai.com/auth': { chatgpt_account_id: account, chatgpt_plan_type: 'plus' },
    })).toString('base64url')}.x`;
    const file = (name, value) => ({ name, mimeType: 'application/json', buffer: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) });
    const before = (await accounts(url)).length;
    await open('/accounts?add=1');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^From files of other programs/ }).click();
    await dialog.getByLabel('Files').setInputFiles([
      file('codex-a.json', { type: 'codex', access_token: token('a@example.com', 'acc-a'), refresh_token: 'rt_canary' }),
      file('auth.json', { openai: { type: 'oauth', access: token('b@example.com', 'acc-b'), refresh: 'rt_canary' } }),
      file('broken.json', '{'),
    ]);
    await dialog.getByText('2 accounts can be imported; 1 entry refused').waitFor();
    await dialog.getByText('it is not valid JSON').waitFor();
    await dialog.getByText('CLIProxyAPI and opencode still use the same refresh tokens').waitFor();
    assert.equal((await accounts(url)).length, before, 'a preview writes nothing');
    assert.ok(!(await dialog.innerText()).includes('canary'));
    await axe();
    await assertFits(page);
    await shot('accounts-files');
    await dialog.getByLabel('a@example.com').uncheck();
    await dialog.getByRole('button', { name: 'Import 1 account' }).click();
    await dialog.getByText(/^Imported account: b@example.com/).waitFor();
    const after = await accounts(url);
    assert.deepEqual(after.filter(account => account.email.endsWith('@example.com')).map(account => account.email), ['b@example.com']);
    await axe();
    await shot('accounts-files-done');
  }),

  paste: settings => withPage({ ...settings, view: VIEWS[360] }, async ({ open, page, axe, shot, problems }) => {
    await open('/accounts?add=1');
    const dialog = page.getByRole('dialog');
    await axe();
    await dialog.getByRole('button', { name: /^By pasting/ }).click();
    await dialog.getByText(/simulated\.example\/oauth\/authorize/).waitFor();
    await dialog.getByRole('button', { name: 'Finish sign-in' }).click();
    await dialog.getByText('Paste the address the browser ended at, or the code it contains.').waitFor();
    await dialog.getByLabel('Address or code').fill('http://localhost:1455/auth/callback?code=x&state=of-somebody-else');
    await dialog.getByRole('button', { name: 'Finish sign-in' }).click();
    await dialog.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await axe();
    await assertFits(page);
    await shot('accounts-paste');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    forgive(problems);
  }),

  next: settings => withPage(settings, async ({ open, page, url }) => {
    await open('/accounts');
    const candidates = page.getByRole('table', { name: 'Accounts in order' });
    await candidates.getByRole('row').filter({ hasText: 'pro@simulated.example' }).getByText('Next').waitFor();
    await page.getByRole('radio', { name: 'Soonest reset' }).click();
    await page.getByText('New conversations go to the account whose quota resets first').waitFor();
    await candidates.getByRole('row').filter({ hasText: 'plus@simulated.example' }).getByText('Next').waitFor();
    assert.equal((await (await fetch(`${url}/api/settings`)).json()).settings.accountStrategy, 'soonest-reset');
    await page.getByLabel('New conversation with').selectOption('gpt-6-luna');
    await page.waitForURL(/model=gpt-6-luna/);
  }),
};

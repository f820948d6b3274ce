// The first sign-in, on a program without accounts. The login server approves whoever comes.
import assert from 'node:assert/strict';
import { ask, withPage } from './harness.mjs';

const EMAIL = 'dev@example.com';

/** Signs in by one way, and uses what came of it. */
const signIn = (way, body) => settings => withPage(settings, async tools => {
  const { open, page, url, axe, shot } = tools;
  await open('/');
  await page.getByRole('link', { name: 'Add an account' }).first().click();
  const dialog = page.getByRole('dialog');
  await body({ ...tools, dialog });
  await dialog.getByText(`${EMAIL} was added`).waitFor();
  await axe();
  await shot(`sign-in-${way}`);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('heading', { level: 3, name: EMAIL }).waitFor();
  assert.equal(await ask(url), 200);
  await open('/');
  await page.getByText('Working.').waitFor();
});

export const cases = {
  browser: signIn('browser', async ({ page, dialog }) => {
    const [popup] = await Promise.all([page.waitForEvent('popup'), dialog.getByRole('button', { name: /^In the browser/ }).click()]);
    await popup.waitForURL(/localhost:145[57]/);
  }),

  paste: signIn('paste', async ({ dialog }) => {
    await dialog.getByRole('button', { name: /^By pasting/ }).click();
    const answer = await fetch(await dialog.getByText(/oauth\/authorize/).textContent(), { redirect: 'manual' });
    await dialog.getByLabel('Address or code').fill(answer.headers.get('location'));
    await dialog.getByRole('button', { name: 'Finish sign-in' }).click();
  }),

  device: signIn('device', async ({ dialog }) => {
    await dialog.getByRole('button', { name: /^On another device/ }).click();
    await dialog.getByLabel('Code', { exact: true }).waitFor();
  }),

  /** On the demo: the page of the login server is played here, and it says no. */
  refused: settings => withPage(settings, async ({ open, page, context, url }) => {
    await context.route('https://simulated.example/**', route => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>sign in</title>' }));
    await open('/accounts');
    await page.getByRole('button', { name: 'Add account' }).click();
    // Opened within the click, so no blocker stands in its way.
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: /^In the browser/ }).click()]);
    await popup.waitForURL(/simulated\.example\/oauth\/authorize/);
    const state = new URL(popup.url()).searchParams.get('state');
    const back = new URL(new URL(popup.url()).searchParams.get('redirect_uri'));
    await page.getByText('Waiting for the sign-in in the other window').waitFor();
    await fetch(`${back}?error=access_denied&state=${state}`);
    await page.getByRole('dialog').getByRole('alert').filter({ hasText: /access_denied|denied|refused/i }).waitFor();
    assert.equal((await (await fetch(`${url}/accounts`)).json()).accounts.length, 2);
  }),

  health: settings => withPage(settings, async ({ open, page, axe, shot }) => {
    await open('/claude');
    await page.getByRole('button', { name: 'Point Claude Code here' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Write the file' }).click();
    await page.getByText('Points here', { exact: true }).waitFor();
    await open('/settings?view=health');
    await page.getByRole('switch', { name: /real request/i }).click();
    await page.getByRole('button', { name: 'Run checks' }).click();
    const checks = page.getByRole('main').getByRole('listitem');
    await checks.filter({ hasText: 'A real request' }).waitFor();
    assert.deepEqual(await checks.filter({ hasNotText: 'OK' }).allInnerTexts(), []);
    await page.getByRole('status').getByText('All checks passed').waitFor();
    await axe();
    await shot('health');
  }),
};

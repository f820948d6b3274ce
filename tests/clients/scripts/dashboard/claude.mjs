// The place for Claude Code. The demo's settings file is its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { eventually, forgive, withPage } from './harness.mjs';

const config = async url => (await fetch(`${url}/claude/config`)).json();

/** The recipes of docs/CLIENTS.md, which are what the drivers of the real clients use: heading → text. */
function documented() {
  const text = fs.readFileSync(new URL('../../../../docs/CLIENTS.md', import.meta.url), 'utf8');
  return new Map([...text.matchAll(/^### (.+)$([^]*?)^```\w*\n([^]*?)^```$/gm)].map(([, name, , recipe]) => [name, recipe]));
}

/** JSON may be laid out in another way. */
const plain = text => { try { return JSON.stringify(JSON.parse(text)); } catch { return text; } };

export const cases = {
  /** What is to be pasted is what the documentation says, and each protocol is tried with a real request. */
  clients: settings => withPage(settings, async ({ open, page, url, axe }) => {
    await open('/claude');
    const lane = (await (await fetch(`${url}/settings/models`)).json()).lanes.opus.model;
    const recipes = documented();
    assert.deepEqual([...recipes.keys()], ['Codex CLI', 'opencode', 'pi', 'Continue', 'Qwen Code']);
    for (const [name, recipe] of recipes) {
      await page.getByRole('button', { name: `Copy the settings of ${name}`, exact: true }).click();
      await eventually(async () => assert.equal(
        plain(await page.evaluate(() => navigator.clipboard.readText())), plain(recipe.replaceAll('http://127.0.0.1:8081', url).replaceAll('gpt-6.1-sol', lane)), name));
    }
    for (const name of ['Codex CLI', 'Anthropic SDKs', 'OpenAI SDKs']) {
      await page.getByRole('button', { name: `Test now: ${name}` }).click();
      await page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) }).getByText(/^Works: first token .* total /).waitFor();
    }
    await axe();
    const paths = (await (await fetch(`${url}/api/requests?limit=3`)).json()).requests.map(request => request.path);
    assert.deepEqual(paths.sort(), ['/v1/chat/completions', '/v1/messages', '/v1/responses']);
  }),

  point: settings => withPage(settings, async ({ open, page, url, axe, shot, settled }) => {
    await open('/claude');
    await page.getByText('Anthropic directly', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Point Claude Code here' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/ANTHROPIC_BASE_URL/).waitFor();
    assert.equal((await config(url)).exists, false, 'a look writes nothing');
    await axe();
    await shot('claude-preview');
    await dialog.getByRole('button', { name: 'Write the file' }).click();
    await page.getByText('Points here', { exact: true }).waitFor();
    assert.equal((await config(url)).state, 'here');
    await settled();
    await axe();

    await page.getByRole('button', { name: 'Use Anthropic directly' }).click();
    await dialog.locator('.gone').first().waitFor();
    await dialog.getByLabel('API key (optional)').fill('sk-ant-canary');
    await page.waitForFunction(() => document.querySelector('.diff .added')?.textContent.includes('API_KEY'));
    assert.doesNotMatch(await page.evaluate(() => document.documentElement.outerHTML), /canary/, 'a key is never shown');
    await dialog.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Undo' }).click();
    await dialog.locator('.gone').first().waitFor();
    await dialog.getByRole('button', { name: 'Write the file' }).click();
    await page.getByText('Anthropic directly', { exact: true }).waitFor();
    assert.equal((await config(url)).baseUrl, null);
  }),

  address: settings => withPage(settings, async ({ open, page, url, problems }) => {
    await open('/claude');
    await page.getByRole('button', { name: 'Another address' }).click();
    const dialog = page.getByRole('dialog');
    const write = dialog.getByRole('button', { name: 'Write the file' });
    assert.ok(await write.isDisabled());
    await dialog.getByLabel('Address').fill('nowhere');
    await dialog.getByLabel('API key').fill('a-key');
    await dialog.getByText('apiUrl must be a valid URL').waitFor();
    assert.ok(await write.isDisabled());
    forgive(problems);
    await dialog.getByLabel('Address').fill('http://127.0.0.1:9/');
    await dialog.locator('.added').first().waitFor();
    await write.click();
    await page.getByText('Points elsewhere', { exact: true }).waitFor();
    assert.equal((await config(url)).baseUrl, 'http://127.0.0.1:9');
  }),

  snippets: settings => withPage(settings, async ({ open, page, url }) => {
    await open('/claude');
    const shells = page.getByRole('radiogroup', { name: 'Shell or editor' });
    await shells.getByRole('radio', { name: 'fish' }).click();
    await page.waitForURL(/shell=fish/);
    await page.getByRole('button', { name: 'Copy fish' }).click();
    const commands = new RegExp(`ANTHROPIC_BASE_URL.*${new URL(url).port}`);
    await eventually(async () => assert.match(await page.evaluate(() => navigator.clipboard.readText()), commands));
    await page.reload();
    await shells.getByRole('radio', { name: 'fish', checked: true }).waitFor();
  }),

  mappings: settings => withPage(settings, async ({ open, page, axe, problems }) => {
    await open('/claude');
    const name = page.getByLabel('Name or pattern');
    await name.fill('claude-3-*');
    await name.press('Enter');
    await page.getByText('Enter both a name and a model.').waitFor();
    await page.getByLabel('Stands for').fill('gpt-*');
    await page.getByLabel('Stands for').press('Enter');
    await page.getByText(/the target must be the name of a model/).waitFor();
    forgive(problems);
    await page.getByLabel('Stands for').fill('gpt-6-luna-low');
    await page.getByRole('button', { name: 'Add mapping' }).click();
    const table = page.getByRole('table', { name: 'Your own mappings' });
    await table.getByText(/'claude-3-\*' is mapped to 'gpt-6-luna-low'/).waitFor();
    await axe();
    await table.getByRole('button', { name: 'Remove the mapping of claude-3-*' }).click();
    await table.waitFor({ state: 'detached' });
  }),

  effort: settings => withPage(settings, async ({ open, page, url }) => {
    await open('/claude');
    await page.getByRole('radiogroup', { name: 'Default effort' }).getByRole('radio', { name: 'high', exact: true }).click();
    await page.getByText('Applies from the next request on').waitFor();
    await eventually(async () => assert.equal((await (await fetch(`${url}/api/settings`)).json()).settings.defaultEffort, 'high'));
  }),

  kilo: settings => withPage(settings, async ({ open, page }) => {
    await open('/claude');
    await page.getByRole('radio', { name: /^Off/ }).and(page.locator(':checked')).waitFor();
    await page.getByText(/sent to Kilo/).waitFor();
    await page.getByRole('radio', { name: /^MiniMax/ }).check();
    const haiku = page.getByRole('table', { name: 'Claude model names' }).getByRole('row').filter({ hasText: 'haiku' });
    await haiku.getByText('Kilo', { exact: true }).waitFor();
    await page.getByRole('radio', { name: /^Off/ }).check();
    await haiku.getByText('Kilo', { exact: true }).waitFor({ state: 'detached' });
  }),
};

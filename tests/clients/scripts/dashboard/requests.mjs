import assert from 'node:assert/strict';
import { ask, assertFits, eventually, rewrite, textOf, VIEWS, withPage } from './harness.mjs';

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
    // Accounts are told by what they are called, never by their ids.
    const { accounts } = await (await fetch(`${url}/api/pool`)).json();
    const told = await drawer.getByRole('region', { name: 'Attempts' }).or(drawer.locator('section', { hasText: 'Attempts' })).last().innerText();
    for (const { id, label, email } of accounts) {
      assert.ok(!told.includes(id), `the id ${id} is told`);
      if (told.includes(email)) assert.equal(label, null);
    }
    await shot('requests-failover');
  }),

  /** Filters are chosen, stand in the address, are shown as chips, are kept under a name, and the export has exactly what they let through. */
  filters: settings => withPage(settings, async ({ open, page, url, settled, axe, shot }) => {
    const shows = count => eventually(async () => assert.equal(await rows(page).count(), count));
    await ask(url, { model: 'claude-sonnet-5', headers: { ...SESSION, 'user-agent': 'claude-cli/2.1.330 (external, cli)' } });
    await ask(url, { text: null });
    await open('/requests');
    await page.getByRole('radio', { name: 'Failed' }).click();
    await page.waitForURL(/outcome=failed/);
    await shows(1);
    await page.reload();
    await settled();
    await shows(1);
    await page.getByRole('searchbox').fill('nothing has this');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await shows(2);
    await page.getByRole('searchbox').fill('sonnet');
    await shows(1);
    await page.getByRole('button', { name: 'Clear filters' }).click();

    const filters = page.getByRole('button', { name: 'Filters', exact: true });
    await filters.click();
    const panel = page.getByRole('region', { name: 'Choose filters' });
    await panel.getByLabel('Client', { exact: true }).getByText('Claude Code · 1').waitFor({ state: 'attached' });
    await panel.getByLabel('Client', { exact: true }).selectOption({ label: 'Claude Code · 1' });
    await panel.getByLabel('Period').selectOption({ label: 'Last 24 hours' });
    await panel.getByLabel('Requested model').selectOption({ label: 'claude-sonnet-5 · 1' });
    await shows(1);
    await page.waitForURL(address => ['client=Claude+Code', 'range=24h', 'requestedModel=claude-sonnet-5'].every(part => address.href.includes(part)));
    await axe();
    await shot('requests-filters');
    // What comes later is judged as the program judges.
    await ask(url, { model: 'claude-opus-5-5', headers: { 'user-agent': 'claude-cli/2.1.330' } });
    await ask(url, { model: 'claude-sonnet-5', headers: { 'user-agent': 'claude-cli/2.2.0' } });
    await shows(2);
    await filters.click();

    await page.getByRole('button', { name: 'Save these filters' }).click();
    const name = page.getByRole('dialog').getByLabel('Name');
    await name.fill('');
    await name.press('Enter');
    await page.getByText('Enter a name.').waitFor();
    await axe();
    await name.fill('Sonnet of today');
    await name.press('Enter');
    const saved = page.getByRole('navigation', { name: 'Saved filters' });
    await eventually(async () => assert.equal(await saved.getByRole('link', { name: 'Sonnet of today' }).getAttribute('aria-current'), 'true'));
    await page.getByRole('button', { name: 'Remove the filter Requested model claude-sonnet-5' }).click();
    await shows(3);
    await page.reload();
    await settled();
    // By its link, or from anywhere by its name.
    await saved.getByRole('link', { name: 'Sonnet of today' }).click();
    await page.waitForURL(/requestedModel=claude-sonnet-5/);
    await open('/');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').fill('sonnet of');
    await page.keyboard.press('Enter');
    await page.waitForURL(/requests\?.*requestedModel=claude-sonnet-5/);
    await shows(2);

    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'JSON' }).click()]);
    const exported = JSON.parse(await textOf(download));
    assert.deepEqual(exported.map(row => [row.client, row.requestedModel]).sort(), [['Claude Code 2.1.330', 'claude-sonnet-5'], ['Claude Code 2.2.0', 'claude-sonnet-5']]);

    await saved.getByRole('button', { name: 'Remove the saved filters Sonnet of today' }).click();
    await saved.waitFor({ state: 'detached' });
    // A day that is over: none of the requests is of it.
    await open('/requests?from=2026-01-01T00:00:00.000Z&to=2026-01-02T00:00:00.000Z&side=none&unknown=project');
    await page.getByText('Nothing matches').waitFor();
    for (const chip of ['From', 'Until', 'Kind', 'Not known']) await page.getByRole('button', { name: new RegExp(`^Remove the filter ${chip} `) }).waitFor();
  }),

  /** All turns of a session, opened from one of them: what was cached, where another account took over, what it would cost. Then the same, and the list, on a phone. */
  session: settings => withPage(settings, async ({ open, page, url, axe, shot, settled }) => {
    const client = { headers: { ...SESSION, 'user-agent': 'claude-cli/2.1.330' } };
    await ask(url, client);
    await ask(url, { ...client, text: 'simulate a limit' });
    await ask(url, client);
    await ask(url);
    await rewrite(page, '/api/conversation', told => ({
      ...told, totals: { ...told.totals, failed: 1 },
      turns: told.turns.flatMap((turn, i) => [turn, ...(i === 2 ? Array.from({ length: 8 }, (_, n) => ({
        ...turn, id: `${turn.id}${n}`, inputTokens: 20_000 * (n + 1), cachedTokens: n === 5 ? 0 : 20_000 * n, contextWindow: 272_000, moved: false, ...(n === 3 ? { outcome: 'failed', errorType: 'overloaded_error', inputTokens: null, cachedTokens: null, outputTokens: null, usd: null } : {}),
      })) : [])]),
    }));
    await open('/requests');
    await eventually(async () => assert.equal(await rows(page).count(), 4));
    await rows(page).nth(1).getByRole('button').click();
    await page.getByRole('dialog').getByRole('link', { name: 'All turns of the session' }).click();
    await page.getByRole('heading', { name: /^Session/ }).waitFor();
    await page.waitForURL(/requests\?session=7b9d4c2e/);
    await eventually(async () => assert.match(await page.evaluate(() => document.activeElement.textContent), /^Session/));
    await page.getByText('All turns of the session').waitFor({ state: 'detached' });
    await eventually(async () => assert.equal(await rows(page).count(), 11));
    const figures = await page.locator('.session .figures').innerText();
    assert.match(figures, /API equivalent\s+(≈ [<$][\d.$]+\s+estimate|–)/);
    assert.match(figures, /Context now\s+160K\s+59 % of 272K tokens/);
    await page.getByText(/1 failover · .*1 turn missed the prompt cache: 100K tokens were sent anew/).waitFor();
    await page.getByRole('img', { name: /11 turns; the largest has 160,000 tokens, 59 % of the window/ }).waitFor();
    assert.ok(await page.locator('.growth .marks i').count() >= 3);
    assert.equal(await rows(page).filter({ hasText: 'Cache missed' }).count(), 1);
    assert.equal(await rows(page).filter({ hasText: 'Failover' }).count(), 1);
    await axe();
    await shot('requests-session');
    // A bar leads to its turn, and the turns go out as they are shown.
    await page.locator('.growth .plot').click({ position: { x: 20, y: 60 } });
    await page.getByRole('dialog').getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'As a list' }).click();
    await eventually(async () => assert.equal(await rows(page).count(), 3));
    await page.getByRole('link', { name: 'All turns of the session' }).click();
    await page.getByRole('heading', { name: /^Session/ }).waitFor();

    await page.setViewportSize(VIEWS[360].viewport);
    const cards = page.locator('.request-card');
    await eventually(async () => assert.equal(await cards.count(), 11));
    await settled();
    await assertFits(page);
    await axe();
    await shot('requests-session-360', { full: true });
    await page.getByRole('link', { name: 'All requests' }).click();
    await eventually(async () => assert.equal(await cards.count(), 4));
    assert.equal(await page.locator('main table').count(), 0);
    await assertFits(page);
    await axe();
    await shot('requests-cards-360');
    await cards.first().getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.keyboard.press('Escape');
    await eventually(async () => assert.ok(await page.evaluate(() => document.activeElement.matches('.request-card button')), 'the focus is back in the card'));
    const before = await cards.count();
    await ask(url);
    await eventually(async () => assert.equal(await cards.count(), before + 1));
  }),

  tail: settings => withPage(settings, async ({ open, page, url, shot }) => {
    await open('/requests');
    await page.getByText('No requests yet').waitFor();
    await page.getByText('Live').waitFor();
    // Everything above the list is in one line on a usual screen.
    await page.setViewportSize({ width: 1280, height: 720 });
    const middle = async locator => { const { y, height } = await locator.boundingBox(); return Math.round(y + height / 2); };
    await eventually(async () => assert.equal(await middle(page.getByRole('button', { name: 'Pause' })), await middle(page.getByRole('searchbox'))));
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
      assert.deepEqual(outcomes(await textOf(download)), Array(shown).fill('failed'));
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

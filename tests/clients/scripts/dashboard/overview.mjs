import assert from 'node:assert/strict';
import { ask, eventually, forgive, rewrite, withPage } from './harness.mjs';

/** All accounts in one state, so that nobody serves. */
const everyone = ({ accounts, next }, state) => ({
  accounts: accounts.map(account => ({ ...account, ...state })),
  next: next.map(entry => ({ ...entry, account: null, reason: 'no account is usable', release: state.stateUntil ?? null })),
});

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

  /** Whatever the state is called, the line looks the same: no state is also the name of a component. */
  states: settings => withPage(settings, async ({ open, page, shot }) => {
    const answers = {
      online: told => told,
      empty: told => ({ ...told, accounts: [], activeAccount: null, next: [] }),
      login: told => ({ ...told, ...everyone(told, { state: 'needs-sign-in' }) }),
      waiting: told => ({ ...told, ...everyone(told, { state: 'exhausted', stateUntil: new Date(Date.now() + 3_600_000).toISOString(), stateDetail: 'usage limit' }) }),
    };
    let state;
    await rewrite(page, '/api/pool', told => answers[state](told));
    const looks = {};
    const sentences = { online: 'Working.', empty: 'Not signed in yet.', login: 'Sign-in needed.', waiting: 'Waiting.' };
    for (state of Object.keys(answers)) {
      await page.goto('about:blank');
      await open('/');
      await page.locator('.status').getByText(sentences[state]).waitFor();
      looks[state] = await page.locator('.status').evaluate(line => {
        const { display, textAlign, color, padding, gap, justifyItems } = getComputedStyle(line);
        const dot = getComputedStyle(line.querySelector('.dot'));
        return { display, textAlign, color, padding, gap, justifyItems, dot: [dot.width, dot.height, dot.marginTop], left: line.querySelector('.lead').getBoundingClientRect().left };
      });
      await shot(`overview-${state}`);
    }
    for (const name of Object.keys(answers)) assert.deepEqual(looks[name], looks.online, name);
  }),

  /** One account never says two things: chip, windows, table, drawer; its label comes before its address, everywhere. */
  truth: settings => withPage(settings, async ({ open, page, url, shot }) => {
    const pool = await (await fetch(`${url}/api/pool`)).json();
    await fetch(`${url}/accounts/${encodeURIComponent(pool.accounts[0].id)}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"label":"Work"}' });
    const until = new Date(Date.now() + 2 * 3_600_000);
    const clock = `${String(until.getUTCHours()).padStart(2, '0')}:${String(until.getUTCMinutes()).padStart(2, '0')}`;
    const usedUp = { state: 'exhausted', stateUntil: until.toISOString(), stateDetail: 'usage limit' };
    await rewrite(page, '/api/pool', told => {
      // The first is full, but still serves; the second is used up.
      const [first, second] = told.accounts;
      const fill = (account, exhausted) => account.windows.map(each => (each.name === '5h' ? { ...each, usedPercent: 100, leftPercent: 0, exhausted, resetsAt: until.toISOString() } : each));
      told.accounts = [{ ...first, stateDetail: 'a quota window is full, but upstream has not refused a request yet', windows: fill(first, false) }, { ...second, ...usedUp, windows: fill(second, true) }];
      for (const next of told.next) next.candidates[1] = { ...next.candidates[1], state: 'exhausted', until: usedUp.stateUntil, detail: 'usage limit', leftPercent: 0, renewsAt: usedUp.stateUntil };
      return told;
    });

    await open('/');
    await eventually(async () => assert.match(await page.locator('.status').textContent(), /New conversations go to Work/));
    const strips = page.locator('.strip');
    await eventually(async () => assert.equal(await strips.count(), 2));
    const [ready, empty] = await strips.allTextContents();
    assert.match(ready, /Work.*Ready/);
    assert.doesNotMatch(ready, /Used up/);
    assert.match(ready, /A quota window is full, but upstream has not refused a request yet\./);
    assert.match(empty, new RegExp(`Used up until ${clock}.*5 hours.*Used up`));

    // The list of the accounts still says what it was told before the pool: only one of them is shown.
    await open('/accounts');
    const row = page.locator('.account').nth(1);
    await eventually(async () => assert.match(await row.textContent(), new RegExp(`Used up until ${clock}`)));
    assert.doesNotMatch(await row.textContent(), /Ready/);
    assert.match(await page.getByRole('row').filter({ hasText: 'plus@' }).first().textContent(), new RegExp(`Used up until ${clock}.*0 %.*${clock}`));
    await row.locator('.plain-button').click();
    await eventually(async () => assert.match(await page.getByRole('dialog').textContent(), new RegExp(`Used up until ${clock}.*5 hours.*Used up`)));
    await shot('accounts-truth');
    await page.keyboard.press('Escape');

    await ask(url);
    await open('/requests');
    await page.locator('tbody tr').first().getByRole('button').click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('heading', { name: 'Attempts' }).waitFor();
    assert.doesNotMatch(await drawer.textContent(), /pro@simulated/);
    assert.match(await drawer.textContent(), /1\.Work/);
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

  /** While requests come without a pause the figures follow. */
  steady: settings => withPage(settings, async ({ open, page, url, problems }) => {
    await open('/');
    const requests = async () => Number(await page.locator('.tile .value').first().textContent());
    await eventually(async () => assert.ok(await page.locator('.tile .value').count() > 0));
    const seen = new Set();
    let runs = true;
    const traffic = (async () => { while (runs) { await ask(url, { text: null }); await new Promise(done => setTimeout(done, 200)); } })();
    try {
      await eventually(async () => { seen.add(await requests()); assert.ok(seen.size >= 4, `saw only ${[...seen]}`); }, 15_000);
    } finally {
      runs = false;
      await traffic;
    }
    assert.deepEqual(problems, []);
  }),

  /** One failure and many do not look alike. */
  rates: settings => withPage(settings, async ({ open, page, shot }) => {
    const series = [[100, 1], [100, 31], [100, 0], [2, 1]].map(([requests, failed], i) => ({
      at: new Date(Date.UTC(2026, 10, 20 + i)).toISOString(), requests, failed, left: 0, fresh: 1000, cached: 4000, written: 0, output: 500, reasoning: 0,
    }));
    const sum = name => series.reduce((total, point) => total + point[name], 0);
    await rewrite(page, '/api/stats', told => ({ ...told, series, totals: { ...told.totals, requests: 302, failed: 33, fresh: sum('fresh'), cached: sum('cached'), output: sum('output') } }));
    await open('/?range=30d');
    await page.locator('.chart canvas').waitFor();
    const red = await page.evaluate(() => {
      const canvas = document.querySelector('.chart canvas');
      const probe = document.createElement('i');
      probe.style.color = 'var(--bad)';
      document.body.append(probe);
      const [r, g, b] = getComputedStyle(probe).color.match(/\d+/g).map(Number);
      probe.remove();
      const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const columns = [];
      for (let i = 0; i < data.length; i += 4) {
        if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 12) columns[(i / 4) % width] = (columns[(i / 4) % width] ?? 0) + 1;
      }
      // Neighbouring columns are one bar; its height is the tallest of them.
      const bars = [];
      for (let x = 0, height = 0; x <= width; x++) {
        if (columns[x]) height = Math.max(height, columns[x]);
        else if (height > 0) { bars.push(height); height = 0; }
      }
      return bars;
    });
    await shot('overview-rates', { full: true });
    assert.equal(red.length, 3, `bars of ${red}`);
    assert.ok(red[0] <= 3 && red[1] > 5 * red[0] && red[2] > 1.4 * red[1], `1 %, 31 % and 50 % are ${red} high`);
    await page.getByText('33 of 302 (10.9 %)').waitFor();
    await page.getByRole('button', { name: 'As a table' }).click();
    assert.match(await page.getByRole('table', { name: 'Usage' }).textContent(), /31 %/);
  }),

  /** What is shown while the program is away is told to be old, and becomes new when it is back. */
  offline: settings => withPage(settings, async ({ open, page, context, problems, shot }) => {
    await open('/');
    await page.getByText('Working.').waitFor();
    const opacity = () => page.locator('.card').first().evaluate(card => Number(getComputedStyle(card).opacity));
    assert.equal(await opacity(), 1);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Offline.').waitFor();
    await page.getByText(/The figures below are from \d\d:\d\d UTC/).waitFor();
    await eventually(async () => assert.ok(await opacity() < 0.8));
    await shot('overview-offline');
    await context.setOffline(false);
    await page.getByText('Working.').waitFor();
    await eventually(async () => assert.equal(await opacity(), 1));
    assert.ok(problems.every(problem => /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|offline/i.test(problem)), problems.join('\n'));
    problems.length = 0;
  }),

  /** A program that answers, if only with an error, is not away. */
  failing: settings => withPage(settings, async ({ page, url, problems, settled, shot }) => {
    await page.route(address => address.pathname === '/api/pool', route => route.fulfill({ status: 500, json: { error: { message: 'The accounts cannot be read: disk full' } } }));
    await page.goto(`${url}/`);
    await settled();
    await page.locator('.status').getByText('The accounts cannot be read: disk full').waitFor();
    assert.equal(await page.getByText('Offline').count(), 0);
    await shot('overview-failing');
    forgive(problems, 500);
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

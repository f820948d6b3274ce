import assert from 'node:assert/strict';
import { ask, eventually, forgive, rewrite, withPage } from './harness.mjs';
import { answerSix, ORDER } from './six.mjs';

/** The text of a tile. */
const tile = async (page, name) => (await page.locator('.tile').filter({ has: page.getByRole('link', { name, exact: true }) }).textContent()).replaceAll(/\s+/g, ' ').trim();

/** All accounts in one state, so that nobody serves. */
const everyone = ({ accounts, next }, state) => ({
  accounts: accounts.map(account => ({ ...account, ...state })),
  next: next.map(entry => ({ ...entry, account: null, reason: 'no account is usable', release: state.stateUntil ?? null })),
});

export const cases = {
  /** Does it work, who serves next and why, how long does the quota last: told by the tiles and the bars. */
  status: settings => withPage(settings, async ({ open, page }) => {
    await answerSix(page);
    await open('/');
    await eventually(async () => assert.match(await page.locator('.status').textContent(), /Working\.New conversations go to Work — the active account\./));
    await eventually(async () => assert.match(await tile(page, 'Tightest quota'), /37 % remaining ?of 7 days, 4 accountsUsed up .*, in 4 d 15 h/));
    const meters = page.getByRole('meter');
    await eventually(async () => assert.match(await meters.first().getAttribute('aria-label'), /^5 hours, 4 accounts together: 51\.2 % used/));
    const home = page.locator('.account').filter({ hasText: 'Home' });
    assert.match(await home.getByRole('meter').first().getAttribute('aria-label'), /^5 hours: 63 % used; 76 % would be used by now at a constant rate\. At the current rate it is used up by \d\d:\d\d\. Resets /);
    assert.match(await page.locator('.course .plot').getAttribute('aria-label'), /^Remaining in the next 7 days\. 37 % remaining now\. At the present pace used up .*Work, 7 days resets/);
  }),

  /** The one that serves next comes first; a limit of a model that is not used takes no room. */
  order: settings => withPage(settings, async ({ open, page, axe }) => {
    await answerSix(page);
    await open('/');
    const rows = page.locator('.account');
    await eventually(async () => assert.deepEqual(await rows.locator('h3').allTextContents(), ORDER));
    assert.match(await rows.first().textContent(), /^WorkPRONextwork@/);
    assert.deepEqual(await page.getByText('Next', { exact: true }).count(), 1);
    const windows = await rows.nth(1).getByRole('meter').evaluateAll(meters => meters.map(meter => meter.getAttribute('aria-label').split(':')[0]));
    assert.deepEqual(windows, ['5 hours', '7 days', 'gpt-5.3-codex-spark · 7 days']);
    assert.match(await rows.nth(4).textContent(), /Needs sign-in.*Sign in again/);
    await axe();
    await rows.nth(1).locator('.state').click();
    await page.waitForURL(/#\/accounts\?account=home/);
    await page.getByRole('dialog').getByRole('heading', { name: 'Home' }).waitFor();
  }),

  /** Two stops of the keyboard for each account, and a menu that is walked with the arrows. */
  menu: settings => withPage(settings, async ({ open, page, url, axe }) => {
    await open('/');
    const [, second] = (await (await fetch(`${url}/api/pool`)).json()).accounts;
    const row = page.locator('.account').filter({ hasText: second.label ?? second.email });
    assert.equal(await row.evaluate(element => element.querySelectorAll('a, button, input, [tabindex="0"]').length), 2);
    await row.getByRole('button', { name: /^Actions for/ }).focus();
    await page.keyboard.press('Enter');
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await axe();
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Details'));
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^Actions for/);
    await page.keyboard.press('Enter');
    await menu.waitFor();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Make active');
    await page.keyboard.press('Enter');
    await page.getByText(/^Switched to account/).waitFor();
    await eventually(async () => assert.equal((await (await fetch(`${url}/api/pool`)).json()).activeAccount, second.id));
    await eventually(async () => assert.match(await page.locator('.account').first().textContent(), new RegExp(second.label ?? second.email)));
  }),

  /** Each tile leads to what is behind it. */
  tiles: settings => withPage(settings, async ({ open, page }) => {
    await answerSix(page);
    await open('/');
    const behind = { Status: /#\/accounts$/, 'Tightest quota': /#\/accounts$/, 'API equivalent today': /#\/analytics\?measure=cost&from=/, 'Prompt cache hits': /#\/analytics\?range=24h&by=none$/, Failures: /#\/requests\?from=.*outcome=failed/ };
    for (const [name, address] of Object.entries(behind)) {
      await eventually(async () => assert.equal(await page.locator('.tile').count(), 5));
      const link = page.getByRole('link', { name, exact: true });
      await eventually(async () => assert.match(await link.evaluate(element => element.href), address, name));
      // The middle of the tile is as good as its name.
      const { x, y, width, height } = await page.locator('.tile').filter({ has: link }).boundingBox();
      await page.mouse.click(x + width / 2, y + height / 2);
      await page.waitForURL(address);
      await page.goBack();
    }
    await eventually(async () => assert.match(await tile(page, 'Prompt cache hits'), /\d\d(\.\d)? %.*▲ 2\.1 points/));
    assert.match(await tile(page, 'Failures'), /^Failures3of [\d,]+ \(.* %\) in 24\shMostly rate limit \(3\)$/);
  }),

  /** The estimate says what it is made of: for the pointer, the keyboard and the finger; Escape and a tap elsewhere take it away. The tile around it leads on. */
  equation: settings => withPage({ ...settings, hasTouch: true }, async ({ open, page, axe, shot }) => {
    await answerSix(page);
    await open('/');
    await eventually(async () => assert.match(await tile(page, 'API equivalent today'), /≈ \$\d+\.\d\d.*tokens, estimateprices of 29 Nov 2026/));
    const hint = page.getByRole('tooltip');
    assert.equal(await hint.count(), 0);
    const figure = page.getByRole('button', { name: /^≈ \$/ });
    await figure.focus();
    await hint.waitFor();
    assert.equal(await figure.getAttribute('aria-describedby'), await hint.getAttribute('id'));
    assert.match(await hint.textContent(), /API-equivalent estimate today: \$[\d.]+.*gpt-6-sol.*K uncached × \$2\.00 \+ .* cached × \$0\.20 \+ .* written × \$2\.50 \+ .* output × \$10\.00.*12\.4K tokens of models without a known price.*29 Nov 2026.*not a bill/);
    await axe();
    await shot('overview-equation');
    await page.keyboard.press('Escape');
    await hint.waitFor({ state: 'detached' });
    await figure.hover();
    await hint.waitFor();
    await hint.hover();
    assert.equal(await hint.isVisible(), true);
    await page.locator('h1').hover();
    await hint.waitFor({ state: 'detached' });
    await figure.tap();
    await hint.waitFor();
    await page.locator('h1').tap();
    await hint.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'API equivalent today' }).click();
    await page.waitForURL(/analytics\?measure=cost/);
  }),

  /** What the program cannot tell is a dash, never a zero. */
  unknown: settings => withPage(settings, async ({ open, page }) => {
    await rewrite(page, '/api/stats', told => ({ ...told, pricesAsOf: undefined, costLines: undefined, totals: { ...told.totals, requests: 3, fresh: null, cached: null, written: null, output: null, cacheHitRate: null, cost: undefined } }));
    await rewrite(page, '/api/forecast', told => ({ ...told, runsDryAt: null, windows: [] }));
    await open('/');
    await eventually(async () => assert.match(await tile(page, 'Tightest quota'), /^Tightest quota–Not known yet$/));
    await eventually(async () => assert.match(await tile(page, 'API equivalent today'), /today–– tokens, estimateno prices known/));
    assert.match(await tile(page, 'Prompt cache hits'), /hits–/);
    assert.equal(await page.getByRole('tooltip').count(), 0);
  }),

  /** What is there stays where it is while the rest arrives. */
  shift: settings => withPage({ ...settings, view: { viewport: { width: 1280, height: 720 } } }, async ({ open, page, settled }) => {
    await answerSix(page);
    await page.addInitScript(() => {
      globalThis.shifts = [];
      new PerformanceObserver(list => list.getEntries().forEach(({ value, sources }) => shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]))).observe({ type: 'layout-shift', buffered: true });
    });
    await open('/');
    await eventually(async () => assert.equal(await page.locator('.account').count(), 6));
    await page.locator('.course .line').waitFor();
    await settled();
    const shifts = await page.evaluate(() => shifts);
    const sum = shifts.reduce((total, [value]) => total + value, 0);
    assert.ok(sum <= 0.02, JSON.stringify(shifts));
  }),

  /** An answer that brings nothing new changes nothing that is seen. */
  calm: settings => withPage(settings, async ({ open, page }) => {
    await answerSix(page);
    await open('/');
    await eventually(async () => assert.equal(await page.locator('.account').count(), 6));
    const changes = await page.evaluate(() => new Promise(done => {
      const seen = [];
      const observer = new MutationObserver(records => records.forEach(record => seen.push(`${record.type} ${record.attributeName ?? ''} of ${record.target.className ?? record.target.data}`)));
      for (const part of document.querySelectorAll('.glance, .account')) observer.observe(part, { subtree: true, childList: true, attributes: true, characterData: true });
      // From one step of the calm clock to shortly before the next one.
      setTimeout(() => { observer.disconnect(); done(seen); }, 3000);
    }));
    // The minute of a countdown may have ended meanwhile, and a tick have gone on.
    assert.ok(changes.length <= 24, changes.join('\n'));
    assert.deepEqual(changes.filter(change => change.startsWith('childList')), []);
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
      looks[state] = await page.locator('.status').evaluate(tile => {
        const { display, textAlign, color, paddingLeft, justifyItems } = getComputedStyle(tile);
        const dot = getComputedStyle(tile.querySelector('.dot'));
        return { display, textAlign, color, paddingLeft, justifyItems, dot: [dot.width, dot.height, dot.marginLeft], left: tile.querySelector('.lead').getBoundingClientRect().left };
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
    const strips = page.locator('.account');
    await eventually(async () => assert.equal(await strips.count(), 2));
    const [ready, empty] = await strips.allTextContents();
    assert.match(ready, /Work.*Ready/);
    assert.doesNotMatch(ready, /Used up/);
    assert.match(ready, /A quota window is full, but upstream has not refused a request yet\./);
    assert.match(empty, new RegExp(`Used up until ${clock}.*5 h.*Used up`));

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
    await page.waitForFunction(() => Number(document.querySelector('.figure .value')?.textContent) >= 2);
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
    const requests = async () => Number(await page.locator('.figure .value').first().textContent());
    await eventually(async () => assert.ok(await page.locator('.figure .value').count() > 0));
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

// Analytics on a month of simulated traffic: what it shows is what the program counts, and leads to the requests that are meant.
import assert from 'node:assert/strict';
import { assertFits, eventually, forgive, rewrite, withPage } from './harness.mjs';

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en');
const short = value => (value < 10_000 ? whole.format(value) : compact.format(value));
const tokensOf = ({ fresh, cached, written, output }) => fresh + cached + written + output;
const sum = values => values.reduce((total, value) => total + value, 0);

const ask = async (url, path) => (await fetch(`${url}${path}`)).json();

/** What the legend says: [name, figure]. */
const legend = page => page.locator('.series').evaluateAll(all => all.map(one => [...one.querySelectorAll('span')].map(part => part.textContent)));

/** The cells of a table, its foot last; what stands below a figure is left out. */
const cells = table => table.evaluate(element => [...element.querySelectorAll('tbody tr, tfoot tr')].map(row => [...row.children].map(cell => {
  const copy = cell.cloneNode(true);
  copy.querySelectorAll('.small').forEach(part => part.remove());
  return copy.textContent.trim();
})));

const heads = table => table.locator('thead th').evaluateAll(all => all.map(cell => cell.textContent.replace(/[↑↓]/, '')));

const figures = page => page.locator('.figures-table table');

/** Legend and table say the same, and it is what the program answers. */
async function sameEverywhere(page, url) {
  const { totals, groups } = await ask(url, '/api/stats?range=30d&by=model&order=tokens&stacked=12');
  const wanted = groups.map(group => [group.label, short(tokensOf(group))]);
  await eventually(async () => assert.deepEqual(await legend(page), wanted));
  const columns = await heads(figures(page));
  const rows = (await cells(figures(page))).map(row => Object.fromEntries(row.map((cell, i) => [columns[i], cell])));
  assert.deepEqual(rows.map(row => [row['Model served'], row.Tokens]), [...wanted, ['Total', short(tokensOf(totals))]]);
  assert.deepEqual(rows.map(row => row.Requests), [...groups, totals].map(one => whole.format(one.requests)));
  assert.equal(sum(groups.map(group => group.requests)), totals.requests);
  for (const { series, ...group } of groups) assert.equal(sum(series.input) + sum(series.output), tokensOf(group), group.key);
}

/** Requests in points of time add up to the figures of the accounts. */
async function sameOverTime(page, open) {
  await open('/analytics?range=7d&measure=requests&by=account&view=time');
  const columns = await eventually(async () => {
    const found = await heads(figures(page));
    assert.ok(found.includes('Work'), 'accounts are called by their names');
    return found;
  });
  const rows = await cells(figures(page));
  const foot = rows.pop();
  const numbers = rows.map(row => row.slice(1).map(cell => Number(cell.replaceAll(',', ''))));
  const totals = foot.slice(1).map(cell => Number(cell.replaceAll(',', '')));
  assert.deepEqual(columns.slice(1).map((_, i) => sum(numbers.map(row => row[i]))), totals);
  assert.equal(sum(totals.slice(0, -1)), totals.at(-1));
  assert.deepEqual((await legend(page)).map(([name, figure]) => [name, figure]), columns.slice(1, -1).map((name, i) => [name, foot[i + 1]]));
}

/** A map of the hours of the week, and the same as a table. */
async function sameByHour(page, url) {
  const { days } = await ask(url, '/api/stats/hours?range=7d');
  const all = days.flatMap(day => day.requests);
  const busiest = all.indexOf(Math.max(...all));
  assert.equal(await page.locator('.heat i').count(), 7 * 24);
  const name = `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][Math.floor(busiest / 24)]} ${String(busiest % 24).padStart(2, '0')}:00`;
  assert.match(await page.getByRole('img', { name: /by weekday and hour/ }).getAttribute('aria-label'), new RegExp(`The most: ${name}–.* with ${whole.format(all[busiest])}\\.`));
  const rows = await cells(page.locator('.busiest table'));
  assert.match(rows[0][0], new RegExp(`^${name}`));
  assert.deepEqual([rows[0][1], rows.at(-1)[1]], [all[busiest], sum(all)].map(value => whole.format(value)));
}

/** Series are switched off and on with the keyboard, alone with Shift, and the address keeps it. */
async function switchSeries(page, open) {
  await open('/analytics?range=7d');
  await page.waitForFunction(() => !document.querySelector('[data-waiting]') && document.querySelector('.over-time h2')?.textContent.endsWith('by model served'));
  const series = page.locator('.series');
  const pressed = () => series.evaluateAll(all => all.map(one => one.getAttribute('aria-pressed') === 'true'));
  const first = await series.first().locator('.cut').textContent();
  await series.first().focus();
  const { y } = await page.locator('.over-time .chart').boundingBox();
  await page.keyboard.press('Enter');
  await page.waitForURL(/hidden=/);
  assert.deepEqual((await pressed()).slice(0, 2), [false, true]);
  assert.equal((await page.locator('.over-time .chart').boundingBox()).y, y, 'the chart stays where it is');
  await page.reload();
  await eventually(async () => assert.deepEqual((await pressed()).slice(0, 2), [false, true]));
  await page.getByRole('radio', { name: 'Time', exact: true }).click();
  await eventually(async () => assert.ok(!(await heads(figures(page))).includes(first), 'what is hidden is not in the table of the chart'));
  await series.nth(1).focus();
  await page.keyboard.press('Shift+Enter');
  await eventually(async () => assert.deepEqual((await pressed()).filter(Boolean).length, 1));
  await page.getByRole('button', { name: /^Show all series/ }).click();
  await eventually(async () => assert.ok((await pressed()).every(Boolean)));
}

/** By keyboard, and the other way round the second time. */
async function sortTable(page) {
  await page.getByRole('radio', { name: 'Model served', exact: true }).click();
  const head = figures(page).getByRole('columnheader', { name: 'Requests' });
  await head.getByRole('button').focus();
  const counts = async () => (await cells(figures(page))).slice(0, -1).map(row => Number(row[2].replaceAll(',', '')));
  for (const [order, direction] of [['descending', -1], ['ascending', 1]]) {
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(await head.getAttribute('aria-sort'), order));
    const shown = await counts();
    assert.deepEqual(shown, shown.toSorted((a, b) => direction * (a - b)));
  }
}

/** What an estimate is made of: with the focus, a tap or the pointer on it, until Escape. */
async function explainCost(page, open, axe) {
  await open('/analytics?measure=cost&range=30d');
  const hint = page.getByRole('tooltip');
  const total = figures(page).locator('tfoot .figure-button');
  await total.focus();
  await hint.waitFor();
  assert.equal(await total.getAttribute('aria-describedby'), await hint.getAttribute('id'));
  assert.match(await hint.textContent(), /API-equivalent estimate: \$[\d.,]+.* uncached × \$.* cached × \$.* output × \$.*not a bill/);
  await axe();
  await page.keyboard.press('Escape');
  await hint.waitFor({ state: 'detached' });
  await figures(page).locator('tbody .figure-button').first().click();
  await hint.waitFor();
  assert.match(await page.locator('[role=radio][data-value=cost]').textContent(), /API-equivalent cost≈ \$[\d.]+Estimate/);
}

/** For each row of each grouping: the requests it leads to are as many as it says. */
async function everyRow(page, open, url) {
  for (const [by, filter] of Object.entries({ account: 'account', model: 'upstreamModel', requestedModel: 'requestedModel', client: 'client', project: 'project', session: 'session', sideCall: 'side' })) {
    await open(`/analytics?range=7d&measure=requests&by=${by}`);
    const { groups } = await ask(url, `/api/stats?range=7d&by=${by}`);
    // What was shown stays until the answer is there.
    const rows = await eventually(async () => {
      const found = await figures(page).locator('tbody tr').evaluateAll(all => all.map(row => ({ href: row.querySelector('a').getAttribute('href'), requests: Number(row.children[2].textContent.replaceAll(',', '')) })));
      assert.ok(found.length >= Math.min(groups.length, 2), by);
      for (const { href } of found) {
        const query = new URLSearchParams(href.split('?')[1]);
        assert.ok(query.get(filter) || query.get('unknown') === by, `${by}: ${href}`);
      }
      return found;
    });
    for (const { href, requests } of [rows[0], rows.at(-1)]) {
      const query = new URLSearchParams(href.split('?')[1]);
      const found = await ask(url, `/api/requests?limit=500&${query}`);
      if (!found.next) assert.equal(found.requests.length, requests, href);
      else assert.ok(requests >= 500, href);
    }
  }
}

/** A part of the chart that is dragged over becomes the time, and Back undoes it. */
async function zoom(page, open) {
  await open('/analytics?range=7d');
  const plot = page.locator('.u-over');
  await plot.waitFor();
  const { x, y, width } = await plot.boundingBox();
  await page.mouse.move(x + width * 0.3, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.6, y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=.*to=/);
  const query = new URLSearchParams(page.url().split('?')[1]);
  const days = (Date.parse(query.get('to')) - Date.parse(query.get('from'))) / 86_400_000;
  assert.ok(days > 1.8 && days < 2.4, `${days} days of seven`);
  await page.getByLabel('From', { exact: true }).waitFor();
  await page.goBack();
  await page.waitForURL(/range=7d$/);
}

/** A bar leads to the requests of its time and its series. */
async function clickBar(page, open) {
  await open('/analytics?range=30d&measure=requests&by=none');
  await page.locator('.u-over').waitFor();
  const at = await page.evaluate(() => document.querySelectorAll('.series').length);
  assert.equal(at, 3);
  const { x, y, width, height } = await page.locator('.u-over').boundingBox();
  await page.mouse.move(x + width / 2, y + height - 2);
  await page.mouse.click(x + width / 2, y + height - 2);
  await page.waitForURL(/#\/requests\?.*from=.*to=/);
}

/** With the mask on, nothing of the document tells who it is, and the ways lead there all the same. */
async function masked(page, open) {
  await open('/analytics?by=account&range=7d');
  await page.getByRole('button', { name: 'Mask identities' }).click();
  await eventually(async () => assert.ok((await legend(page)).every(([name]) => /^(Account \d+|No account)$/.test(name))));
  assert.doesNotMatch(await page.evaluate(() => document.documentElement.outerHTML), /simulated\.example/);
  await figures(page).locator('tbody a').first().click();
  await page.waitForURL(/#\/requests\?account=/);
  await page.getByRole('button', { name: 'Mask identities' }).click();
}

async function customTime(page, open) {
  await open('/analytics');
  await page.getByRole('radio', { name: 'Custom' }).click();
  const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })];
  await page.getByText(/^Local time, UTC\+0 \(UTC\)/).waitFor();
  const end = await to.inputValue();
  await from.fill(end);
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('The period must end after it begins.').waitFor();
  await from.fill(`${new Date(Date.parse(`${end}Z`) - 86_400_000).toISOString().slice(0, 16)}`);
  await page.keyboard.press('Enter');
  await eventually(async () => assert.equal(Date.parse(new URLSearchParams(page.url().split('?')[1]).get('from')), Date.parse(`${end}Z`) - 86_400_000));
}

/** An answer that brings nothing new touches nothing, and nothing moves. */
async function still(page, open) {
  await open('/analytics?range=30d&to=2099-01-01T00:00:00Z&from=' + new Date(Date.now() - 20 * 86_400_000).toISOString());
  await page.reload();
  await page.locator('.u-over').waitFor();
  await page.waitForFunction(() => document.querySelector('.busiest') && !document.querySelector('[aria-busy="true"], [data-waiting]'));
  await page.evaluate(() => {
    globalThis.touched = [];
    new MutationObserver(records => globalThis.touched.push(...records.filter(({ target }) => !target.closest?.('.chart')).map(({ type, target, attributeName }) => `${type} ${attributeName ?? ''} ${target.outerHTML?.slice(0, 120)}`)))
      .observe(document.querySelector('main'), { subtree: true, childList: true, attributeFilter: ['class', 'href', 'value', 'tabindex', 'aria-checked', 'aria-pressed', 'style'] });
  });
  const answers = ['/api/stats', '/api/stats/hours'].map(path => page.waitForResponse(response => new URL(response.url()).pathname === path));
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await Promise.all(answers);
  await page.waitForTimeout(300);
  assert.deepEqual(await page.evaluate(() => globalThis.touched), []);
}

/** What there may be instead of figures: each is said calmly, and nothing is a zero that is not known. */
async function states(page, open, problems) {
  await open('/analytics?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z');
  await page.getByText('No requests in this period').first().waitFor();

  await rewrite(page, '/api/stats/storage', told => ({ ...told, on: false }));
  await page.reload();
  await page.getByText('Statistics are switched off').waitFor();
  await page.getByRole('link', { name: 'Go to the settings' }).waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  const bare = ({ cost, ...sums }) => sums;
  await rewrite(page, '/api/stats', ({ pricesAsOf, costLines, ...told }) => ({ ...told, totals: bare(told.totals), series: told.series.map(bare), groups: told.groups.map(bare) }));
  await open('/analytics?measure=cost');
  await page.reload();
  await page.getByText('No price known').waitFor();
  assert.match(await page.locator('[role=radio][data-value=cost]').textContent(), /^API-equivalent cost–No prices known/);
  await page.unrouteAll({ behavior: 'ignoreErrors' });

  let isBroken = true;
  await page.route(address => address.pathname === '/api/stats', route => (isBroken ? route.fulfill({ status: 503, json: { success: false, error: 'The statistics cannot be read now' } }) : route.continue()));
  await open('/analytics');
  await page.reload();
  await page.getByText('The statistics cannot be read now').waitFor();
  isBroken = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.series').first().waitFor();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  forgive(problems, 503);
}

export const cases = {
  /** The chart, its tables and the program say the same. */
  figures: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    await open('/analytics?range=30d');
    await sameEverywhere(page, url);
    await axe();
    await shot('analytics-full-dark-1440', { full: true });
    await sameOverTime(page, open);
    await sameByHour(page, url);
    await switchSeries(page, open);
    await sortTable(page);
    await explainCost(page, open, axe);
  }),

  /** Everything leads to what is behind it. */
  ways: settings => withPage(settings, async ({ open, page, url }) => {
    await everyRow(page, open, url);
    await zoom(page, open);
    await clickBar(page, open);
    await masked(page, open);
    await open('/');
    const tile = page.getByRole('link', { name: 'API equivalent today' });
    await eventually(async () => assert.match(await tile.getAttribute('href'), /from=/));
    await tile.click();
    await page.waitForURL(/#\/analytics\?measure=cost&from=/);
    await eventually(async () => assert.equal(await page.locator('[role=radio][data-value=cost]').getAttribute('aria-checked'), 'true'));
    await page.locator('[role=radio][data-value=cost]').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Requests by model served' }).waitFor();
  }),

  /** Whatever is asked for, told or missing: it fits a phone, is still while nothing changes, and says what is the matter. */
  calm: settings => withPage({ ...settings, theme: 'light', view: { viewport: { width: 360, height: 780 } } }, async ({ open, page, axe, shot, problems }) => {
    for (const query of ['measure=tokens', 'measure=cost&by=account', 'measure=requests&by=session', 'measure=failures&by=errorType&range=30d', 'measure=latency&by=none&range=24h', 'view=time&range=all']) {
      await open(`/analytics?${query}`);
      await page.locator('.u-over').waitFor();
      await assertFits(page);
      await shot(`analytics-${query.replaceAll(/\W/g, '-')}-360`, { full: true });
    }
    await axe();
    await page.emulateMedia({ forcedColors: 'active' });
    await axe();
    await shot('analytics-forced-colours', { full: true });
    await page.emulateMedia({ forcedColors: 'none' });
    await customTime(page, open);
    await still(page, open);
    await states(page, open, problems);
  }),
};

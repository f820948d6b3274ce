// What surrounds the places: navigation, theme, mask, key.
import http from 'node:http';
import assert from 'node:assert/strict';
import { eventually, rewrite, VIEWS, withPage } from './harness.mjs';

/** The address is seen too: it names nobody while identities are masked, leads to the same all the same, also after a reload and back, and is whole again after that. */
async function addressIsMasked(page, open) {
  const address = async pattern => {
    await eventually(async () => assert.match(decodeURIComponent(page.url()), pattern));
    await page.getByText('No request matches these filters.').waitFor();
  };
  await open('/requests?project=/home/me/secret&outcome=failed');
  await address(/\?project=~\d+&outcome=failed$/);
  await page.getByRole('button', { name: /Project/ }).filter({ hasText: /Project \d/ }).waitFor();
  await page.reload();
  await address(/\?project=~\d+&outcome=failed$/);
  await page.getByRole('button', { name: 'Mask identities' }).click();
  await address(/\?project=\/home\/me\/secret&outcome=failed$/);
  await page.getByRole('button', { name: 'Mask identities' }).click();
  await address(/\?project=~\d+&outcome=failed$/);
  await page.getByRole('link', { name: 'Accounts', exact: true }).click();
  await page.goBack();
  await address(/\?project=~\d+&outcome=failed$/);
}

export const cases = {
  navigation: settings => withPage(settings, async ({ open, page }) => {
    await open('/');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'main'));

    await page.getByRole('link', { name: 'Requests', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Requests'));
    await eventually(async () => assert.match(await page.title(), /^Requests/));
    await eventually(async () => assert.equal(await page.locator('nav a[aria-current]').textContent(), 'Requests'));

    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.goForward();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
  }),

  /** Everything by a part of its name, and by a key. */
  keys: settings => withPage(settings, async ({ open, page, url, axe, shot }) => {
    const dialog = page.getByRole('dialog');
    const find = async text => {
      await page.keyboard.press('Control+k');
      await dialog.getByRole('combobox').fill(text);
    };
    // What can be found arrives little by little; Enter takes the one that is chosen now.
    const take = async name => {
      await dialog.getByRole('option', { name, selected: true }).waitFor();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
    };
    const close = async () => {
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    };
    await open('/');
    await page.keyboard.press('Control+k');
    await dialog.getByRole('option', { name: 'Requests of pro@simulated.example' }).waitFor();
    await axe();
    await shot('palette');
    await close();

    await find('zzz');
    await dialog.getByText('Nothing matches.').waitFor();
    await dialog.getByRole('combobox').fill('hold start');
    await take(/Hold/i);
    await page.waitForURL(/settings\?q=holdSeconds/);
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await find('use plus');
    await take(/plus@/);
    await eventually(async () => assert.match((await (await fetch(`${url}/accounts`)).json()).activeAccount, /^plus@/));
    // The second one of two, by the arrows.
    await find('go to a');
    const names = await dialog.getByRole('option').allTextContents();
    await page.keyboard.press('ArrowDown');
    await eventually(async () => assert.equal(await dialog.getByRole('option', { selected: true }).textContent(), names[1]));
    await close();

    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.press('/');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.type), 'search'));
    await page.keyboard.type('g a?');
    await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
    assert.equal(await dialog.count(), 0, 'what is typed is text');
    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('?');
    await dialog.getByText('Search on this page').waitFor();
    await axe();
    await dialog.getByRole('switch').click();
    await close();
    await page.keyboard.press('?');
    await page.keyboard.press('Control+k');
    await dialog.getByRole('combobox').waitFor();
    assert.equal(await dialog.count(), 1, 'single keys are off');
  }),

  /** Off until asked for; then what becomes of an account is told once. */
  notices: settings => withPage({ ...settings, permissions: ['notifications'] }, async ({ open, page }) => {
    let state = 'ready';
    await page.addInitScript(() => {
      globalThis.told = [];
      globalThis.Notification = class {
        static permission = 'granted';
        static async requestPermission() { return 'granted'; }
        constructor(title, { body }) { globalThis.told.push(`${title}: ${body}`); }
      };
    });
    await rewrite(page, '/api/pool', told => ({ ...told, accounts: told.accounts.map((account, i) => (i === 0 ? { ...account, state } : account)) }));
    const changes = async to => {
      state = to;
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await page.waitForResponse(response => response.url().endsWith('/api/pool'));
    };
    await open('/');
    await changes('exhausted');
    assert.deepEqual(await page.evaluate(() => globalThis.told), [], 'nobody has asked for it');
    await page.getByRole('button', { name: /^Notify me/ }).click();
    await page.getByText('This browser will notify you').waitFor();
    await changes('ready');
    await eventually(async () => assert.deepEqual(await page.evaluate(() => globalThis.told), ['pro@simulated.example: The quota is available again.']));
    await changes('needs-sign-in');
    await eventually(async () => assert.equal(await page.evaluate(() => globalThis.told.at(-1)), 'pro@simulated.example: Needs signing in again.'));
    assert.equal(await page.evaluate(() => globalThis.told.length), 2);
    await page.reload();
    await page.getByRole('button', { name: /^Notify me/, pressed: true }).waitFor();
  }),

  theme: settings => withPage(settings, async ({ open, page }) => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const becomes = colour => page.waitForFunction(wanted => getComputedStyle(document.body).backgroundColor === wanted, colour);
    const change = () => page.getByRole('button', { name: /^Theme/ }).click();
    await open('/');
    const dark = await background();
    await change();
    const light = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await becomes(light);
    await change();
    await becomes(dark);
    await change();
    await page.emulateMedia({ colorScheme: 'light' });
    await becomes(light);
  }),

  mask: settings => withPage(settings, async ({ open, page, shot }) => {
    await open('/');
    const shown = () => page.evaluate(() => document.documentElement.outerHTML);
    await page.getByText('pro@simulated.example').first().waitFor();
    await page.getByRole('button', { name: 'Mask identities' }).click();
    for (const place of ['/', '/accounts', '/requests', '/analytics?by=account', '/claude', '/settings']) {
      await open(place);
      // Attributes count too: a tool tip is seen by whoever looks at the screen.
      assert.doesNotMatch(await shown(), /simulated\.example/, place);
    }
    await addressIsMasked(page, open);
    await open('/');
    await page.getByText('Account 1').first().waitFor();
    await shot('mask');
  }),

  /** Started with an access key: the page asks for it once, and all requests carry it. */
  key: settings => withPage(settings, async ({ page, url, problems, shot, axe }) => {
    const asked = [];
    page.on('request', request => { if (request.resourceType() === 'fetch') asked.push(new URL(request.url()).pathname); });
    await page.goto(`${url}/`);
    const field = page.getByLabel('Key', { exact: true });
    await field.waitFor();
    // The program has answered: it is not away, and nothing has failed that waits for the key.
    for (const word of ['Offline', 'This could not be loaded', 'invalid x-api-key', 'Reconnecting']) assert.equal(await page.getByText(word).count(), 0, word);
    await page.getByText('Access key needed').first().waitFor();
    await page.waitForTimeout(1500);
    // On a slow machine some of the first questions are still on their way when the first refusal comes. None is asked again.
    assert.deepEqual(asked.filter((path, i) => asked.indexOf(path) !== i), [], 'asked again without a key');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That key was not accepted.').waitFor();
    await axe();
    await shot('key');
    await page.getByLabel('Key', { exact: true }).fill('the-access-key');
    await page.keyboard.press('Enter');
    await page.getByText('Online').waitFor();
    await page.getByText('pro@simulated.example').first().waitFor();
    assert.doesNotMatch(await page.evaluate(() => document.documentElement.outerHTML), /the-access-key/);
    const before = problems.length;
    await page.reload();
    await page.getByText('Online').waitFor();
    assert.equal(await page.getByLabel('Key', { exact: true }).count(), 0);
    assert.equal(problems.length, before);
    // Chromium itself reports each refused request; those before the key are expected.
    assert.ok(problems.every(problem => problem.includes('401')), problems.join('\n'));
    problems.length = 0;
  }),

  /** Behind a reverse proxy that shows the program below a path: nothing is asked for above it, and changes work. */
  path: async settings => {
    const target = new URL(settings.url);
    const above = [];
    const front = http.createServer((request, response) => {
      if (!request.url.startsWith('/ccp/')) { above.push(request.url); response.writeHead(404).end(); return; }
      const { method, headers } = request;
      const behind = http.request({ host: target.hostname, port: target.port, method, headers, path: request.url.slice(4) }, answer => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      behind.on('error', () => response.destroy());
      response.on('close', () => behind.destroy());
      request.pipe(behind);
    });
    await new Promise(listening => front.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${front.address().port}/ccp`;
    try {
      await withPage({ ...settings, url }, async ({ open, page }) => {
        for (const place of ['/', '/accounts', '/requests', '/analytics', '/claude', '/settings']) await open(place);
        await page.getByText('Online').waitFor();
        await open('/');
        await page.getByLabel('Prompt').fill('Hello there');
        await page.getByRole('button', { name: 'Test', exact: true }).click();
        await page.getByText(/first token .* output tokens/).waitFor();
        await page.getByRole('button', { name: 'Copy the commands' }).click();
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`"${url}"`));
      });
      assert.deepEqual(above, []);
    } finally {
      front.closeAllConnections();
      front.close();
    }
  },

  /** What must be there before anything can be painted is the look and the choice of the theme: small, and no further program. */
  paint: settings => withPage(settings, async ({ page, url }) => {
    await page.goto(`${url}/`);
    const { painted, waitedFor } = await page.evaluate(() => new Promise(done => new PerformanceObserver(list => {
      const paint = list.getEntries().find(entry => entry.name === 'first-contentful-paint');
      if (!paint) return;
      const waitedFor = performance.getEntriesByType('resource').filter(entry => entry.renderBlockingStatus === 'blocking')
        .map(entry => ({ path: new URL(entry.name).pathname, bytes: entry.transferSize }));
      done({ painted: Math.round(paint.startTime), waitedFor });
    }).observe({ type: 'paint', buffered: true })));
    console.log(JSON.stringify({ firstPaintMs: painted, waitedFor }));
    assert.deepEqual(waitedFor.filter(({ path }) => !path.endsWith('.css') && path !== '/assets/theme.js'), [], 'the first paint waits for more than the look');
    const bytes = waitedFor.reduce((sum, entry) => sum + entry.bytes, 0);
    assert.ok(bytes > 0 && bytes <= 20_000, `the first paint waits for ${bytes} bytes`);
  }),

  motion: settings => withPage({ ...settings, view: VIEWS[360] }, async ({ open, page }) => {
    await open('/');
    const longest = await page.evaluate(() => Math.max(0, ...document.getAnimations().map(animation => animation.effect.getTiming().duration)));
    assert.ok(longest <= 1, `an animation of ${longest} ms although motion is unwanted`);
  }),
};

// Another page in the same browser: it may neither read, nor change, nor frame, nor pass itself off as us.
import assert from 'node:assert/strict';
import http from 'node:http';
import { eventually, launch } from './harness.mjs';

/** Runs body in a page of a stranger, served under the given host name. */
async function asStranger({ url }, host, body) {
  const server = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>stranger</title><body>'));
  await new Promise(ready => server.listen(0, '127.0.0.1', ready));
  const browser = await launch(['--host-resolver-rules=MAP *.stranger.test 127.0.0.1']);
  try {
    const page = await browser.newPage();
    const answers = [];
    page.on('response', response => { if (response.url().includes(`:${new URL(url).port}/`)) answers.push({ status: response.status(), method: response.request().method(), url: response.url() }); });
    await page.goto(`http://${host}:${server.address().port}/`);
    await body(page, answers);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

/** A stranger elsewhere, one on another port of this machine, and one whose name leads to this machine. */
const HOSTS = ['localhost', '127.0.0.1', 'www.stranger.test'];

const state = async url => (await (await fetch(`${url}/api/settings`)).text());

export const cases = {
  reading: async settings => {
    for (const host of HOSTS) {
      await asStranger(settings, host, async (page, answers) => {
        for (const path of ['/api/pool', '/accounts', '/api/settings', '/health', '/api/logs', '/api/requests/stream', '/assets/app.js', '/']) {
          const read = await page.evaluate(async address => {
            try { return await (await fetch(address)).text(); } catch (e) { return e.name; }
          }, settings.url + path);
          assert.equal(read, 'TypeError', `${host} read ${path}`);
        }
        // Without asking to read, the browser sends it; then it is us who refuse.
        answers.length = 0;
        for (const path of ['/api/pool', '/accounts']) await page.evaluate(address => fetch(address, { mode: 'no-cors' }).catch(() => {}), settings.url + path);
        await eventually(() => assert.ok(answers.length > 0 && answers.every(answer => answer.status === 403), `${host}: ${JSON.stringify(answers)}`));
        // As a script or a picture.
        const loaded = await page.evaluate(address => new Promise(done => {
          const script = document.createElement('script');
          script.src = `${address}/assets/theme.js`;
          script.onload = () => done(true);
          script.onerror = () => done(false);
          document.body.append(script);
        }), settings.url);
        assert.equal(loaded, false, `${host} ran a script of ours`);
      });
    }
  },

  posting: async settings => {
    const before = await state(settings.url);
    for (const host of HOSTS) {
      await asStranger(settings, host, async (page, answers) => {
        const send = (method, type) => page.evaluate(async ([address, method, type]) => {
          try {
            await fetch(`${address}/settings/account-strategy`, { method, mode: type === 'application/json' ? 'cors' : 'no-cors', headers: { 'content-type': type }, body: '{"accountStrategy":"round-robin"}' });
          } catch { /* refused by the browser */ }
        }, [settings.url, method, type]);
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) await send('POST', type);
        await page.evaluate(address => navigator.sendBeacon(`${address}/settings/account-strategy`, '{"accountStrategy":"round-robin"}'), settings.url);
        await Promise.all([
          page.waitForURL(`${settings.url}/**`),
          page.evaluate(address => {
            const form = document.createElement('form');
            form.method = 'post';
            form.enctype = 'text/plain';
            form.action = `${address}/settings/account-strategy`;
            const field = document.createElement('input');
            field.name = '{"accountStrategy":"round-robin","x":"';
            field.value = '"}';
            form.append(field);
            document.body.append(form);
            form.submit();
          }, settings.url),
        ]);
        assert.ok(answers.length > 0 && answers.every(answer => answer.status >= 400), JSON.stringify(answers));
      });
    }
    assert.equal(await state(settings.url), before);
  },

  rebinding: settings => asStranger(settings, 'www.stranger.test', async page => {
    // The stranger's name now leads to the proxy's own port: for the browser this is one origin.
    const target = `http://www.stranger.test:${new URL(settings.url).port}`;
    const response = await page.goto(`${target}/`);
    assert.equal(response.status(), 421);
    for (const path of ['/api/pool', '/accounts', '/assets/app.js', '/v1/models']) {
      const answer = await page.evaluate(async address => { const got = await fetch(address); return { status: got.status, text: await got.text() }; }, target + path);
      assert.equal(answer.status, 421, path);
      assert.doesNotMatch(answer.text, /simulated/);
    }
    assert.equal(await page.evaluate(async address => (await fetch(`${address}/settings/account-strategy`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"accountStrategy":"round-robin"}' })).status, target), 421);
  }),

  framing: async settings => {
    for (const host of HOSTS) {
      await asStranger(settings, host, async page => {
        const refused = page.waitForEvent('console', message => /frame-ancestors|X-Frame-Options|refused to connect|Cross-Origin/i.test(message.text()));
        await page.evaluate(address => { const frame = document.createElement('iframe'); frame.src = `${address}/`; document.body.append(frame); }, settings.url);
        await refused;
        await page.waitForFunction(() => frames.length === 1);
        assert.equal(await page.frames()[1].locator('.brand').count(), 0);
      });
    }
  },

  opening: settings => asStranger(settings, 'localhost', async page => {
    // A window that was opened can be watched and steered by its opener, unless it cuts that tie.
    const [opened] = await Promise.all([page.waitForEvent('popup'), page.evaluate(address => { globalThis.opened = open(`${address}/`); }, settings.url)]);
    await opened.waitForLoadState();
    await opened.locator('.brand').first().waitFor();
    assert.equal(await opened.evaluate(() => opener), null);
    assert.equal(await page.evaluate(() => globalThis.opened.closed), true);
  }),
};

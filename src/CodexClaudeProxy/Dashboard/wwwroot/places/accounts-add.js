// Adding an account: in the browser, by pasting, on another device, or from the Codex CLI.
import { h } from '../lib/dom.js';
import { get, post, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, span } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { openDialog } from '../components/dialog.js';
import { button, codeBlock, copyButton, field, note } from '../components/parts.js';
import { nameOf } from './accounts-row.js';

const words = texts.accounts.adding;
const ENDED = new Set(['done', 'failed', 'expired', 'cancelled']);
const POLL = 1500;

/**
 * @param known the accounts before; one of them that signs in again is told from a new one.
 * @param way 'import' to begin there; `again` is the account that is to sign in once more.
 */
export async function addAccount({ known, reload, way = null, again = null }) {
  const step = signal(way === 'import' ? importing() : choice());
  let login = null;
  let isOpen = true;

  await openDialog({
    title: again ? words.titleAgain(nameOf(again)) : words.title,
    content: close => h('div', { class: 'stack adding' }, () => { const show = step(); return show(close); }),
  });
  isOpen = false;
  if (login) remove(`/accounts/add/${encodeURIComponent(login)}`).catch(() => { /* it ends by itself */ });

  function choice() {
    const way = (name, picture, onclick) => h('li', {}, h('button', { type: 'button', class: 'way', onclick, autofocus: name === 'browser' },
      icon(picture, 20), h('span', {}, h('span', { class: 'strong' }, words[name].name), h('span', { class: 'small muted' }, words[name].text)), icon('chevron')));
    return () => [
      again && h('p', { class: 'muted' }, words.againText),
      h('ul', { class: 'ways' },
        way('browser', 'external', startBrowser),
        way('device', 'key', startDevice),
        way('paste', 'copy', startPaste),
        !again && way('import', 'download', () => step.set(importing()))),
    ];
  }

  /** The window is opened within the click, or the browser would block it; its address comes afterwards. */
  async function startBrowser() {
    const popup = open('', 'sign-in', 'popup,width=560,height=780');
    if (popup) {
      popup.document.title = words.browser.name;
      popup.document.body.textContent = words.browser.opening;
    }
    step.set(() => waitingLine(words.browser.opening));
    try {
      const started = await post('/accounts/add');
      if (popup && isOpen) popup.location.replace(started.oauth_url);
      begin(started);
      step.set(() => browserStep(started, popup !== null));
    } catch (e) {
      popup?.close();
      if (!e.body?.oauth_url) { step.set(failure(e.message, startBrowser)); return; }
      // No port for the callback: the same sign-in can be finished by hand.
      begin(e.body);
      step.set(() => pasteStep(e.body, e.body.message));
    }
  }

  async function startPaste() {
    step.set(() => waitingLine(words.starting));
    try {
      const started = await post('/accounts/add', { listen: false });
      begin(started, false);
      step.set(() => pasteStep(started));
    } catch (e) { step.set(failure(e.message, startPaste)); }
  }

  async function startDevice() {
    step.set(() => waitingLine(words.starting));
    try {
      const started = await post('/accounts/add/device');
      begin(started);
      step.set(() => deviceStep(started));
    } catch (e) { step.set(failure(e.body?.message ?? e.message, startDevice)); }
  }

  function begin(started, polls = true) {
    login = started.login;
    if (!isOpen) remove(`/accounts/add/${encodeURIComponent(login)}`).catch(() => {});
    else if (polls) watch(login);
  }

  /** Asks how it goes until it has ended, or the dialog is closed. */
  async function watch(id) {
    while (isOpen && login === id) {
      await new Promise(resolve => setTimeout(resolve, POLL));
      if (!isOpen || login !== id) return;
      let progress;
      try { progress = await get(`/accounts/add/${encodeURIComponent(id)}`); } catch (e) {
        if (!e.missing) continue;
        progress = { status: 'expired', message: e.message };
      }
      if (login !== id || !ENDED.has(progress.status)) continue;
      login = null;
      if (progress.status === 'done') await succeed(progress.email, progress.account);
      else step.set(failure(progress.message ?? words.ended[progress.status], () => step.set(choice())));
    }
  }

  async function succeed(email, account, remark = null) {
    const was = known.find(each => each.id === account || (!account && each.email === email));
    await reload();
    step.set(close => [
      h('div', { class: 'done', role: 'status' }, icon('check', 20), h('p', { class: 'strong' }, was ? words.signedInAgain(nameOf(was)) : words.added(who(email)))),
      remark && note(prose(remark), 'warn'),
      again && was?.id !== again.id && note(words.otherAccount(nameOf(again)), 'warn'),
      h('div', { class: 'row end' }, button({ onclick: () => step.set(choice()) }, words.another), button({ kind: 'primary', autofocus: true, onclick: () => close() }, texts.actions.close)),
    ]);
  }

  function browserStep(started, opened) {
    return [
      opened ? waitingLine(words.browser.waiting) : note(words.browser.blocked, 'warn'),
      h('div', { class: 'row wrap' },
        h('a', { class: `button ${opened ? '' : 'primary'}`, href: started.oauth_url, target: '_blank', rel: 'noopener noreferrer' }, icon('external'), words.openPage),
        copyButton(started.oauth_url, { label: words.copyAddress })),
      remaining(started.expires_at),
      h('details', {}, h('summary', {}, words.browser.elsewhere), h('div', { class: 'stack' }, pasteForm(started))),
      back(),
    ];
  }

  function pasteStep(started, trouble = null) {
    return [
      trouble ? note(trouble, 'warn') : h('p', { class: 'muted' }, words.paste.explain),
      h('ol', { class: 'steps' },
        h('li', {}, h('p', {}, words.paste.first), codeBlock(started.oauth_url, { name: words.copyAddress, wraps: true }),
          h('a', { class: 'button small', href: started.oauth_url, target: '_blank', rel: 'noopener noreferrer' }, icon('external', 14), words.openPage)),
        h('li', {}, h('p', {}, words.paste.second), pasteForm(started))),
      remaining(started.expires_at),
      back(),
    ];
  }

  function pasteForm(started) {
    const error = signal(null);
    let input;
    const finish = async event => {
      event.preventDefault();
      const code = input.value.trim();
      if (!code) { error.set(words.paste.missing); input.focus(); return; }
      error.set(null);
      try {
        const answer = await post('/accounts/add/manual', { code, login: started.login });
        login = null;
        await succeed(answer.message.match(/Account (\S+) added/)?.[1] ?? '', null);
      } catch (e) { error.set(e.message); }
    };
    return h('form', { class: 'stack', onsubmit: finish },
      field({ label: words.paste.field }, (id, about) => [
        input = h('textarea', { id, class: 'input mono', rows: 3, spellcheck: 'false', autocomplete: 'off', ariaDescribedby: about, ariaInvalid: () => (error() ? 'true' : null) }),
        h('span', { id: about, class: 'error', role: 'alert' }, error),
      ]),
      h('div', { class: 'row end' }, button({ kind: 'primary', type: 'submit' }, words.paste.finish)));
  }

  function deviceStep(started) {
    return [
      h('p', { class: 'muted' }, words.device.explain),
      h('div', { class: 'device' },
        h('output', { class: 'device-code', ariaLabel: words.device.codeName }, started.user_code),
        copyButton(started.user_code, { label: words.device.copy })),
      h('a', { class: 'button primary', href: started.verification_url, target: '_blank', rel: 'noopener noreferrer' }, icon('external'), words.device.open(started.verification_url.replace(/^https?:\/\//, ''))),
      waitingLine(words.device.waiting),
      remaining(started.expires_at),
      back(),
    ];
  }

  function importing() {
    const error = signal(null);
    const start = async () => {
      error.set(null);
      try {
        const answer = await post('/accounts/import');
        await succeed(answer.message.match(/: (\S+)/)?.[1] ?? '', null, answer.note);
      } catch (e) { error.set(e.message); }
    };
    return () => [
      h('p', {}, words.import.explain),
      note(words.import.sharing, 'warn'),
      () => error() && h('div', { role: 'alert' }, note(error(), 'bad')),
      h('div', { class: 'row wrap end' }, button({ onclick: startBrowser }, words.import.fresh), button({ kind: 'primary', icon: 'download', onclick: start }, words.import.action)),
      back(),
    ];
  }

  function back() {
    return h('div', {}, button({ kind: 'quiet small', onclick: () => {
      const left = login;
      login = null;
      if (left) remove(`/accounts/add/${encodeURIComponent(left)}`).catch(() => {});
      step.set(choice());
    } }, words.otherWay));
  }

  function failure(text, retry) {
    return () => [
      h('div', { role: 'alert' }, note(prose(text), 'bad')),
      h('div', { class: 'row end' }, button({ onclick: () => step.set(choice()) }, words.otherWay), button({ kind: 'primary', icon: 'refresh', onclick: retry }, texts.actions.retry)),
    ];
  }
}

const waitingLine = text => h('p', { class: 'row waiting', role: 'status' }, h('span', { class: 'spinner' }), text);

const remaining = iso => {
  const end = parse(iso);
  return end !== null && h('p', { class: 'small muted' }, () => (end > now() ? words.remaining(span(end - now())) : words.ended.expired));
};

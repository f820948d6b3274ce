// Adding an account: in the browser, by pasting, on another device, or from the Codex CLI.
import { html, signal, useRef, useSignal } from '../lib/ui.js';
import { get, post, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, span } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { nameOf } from '../lib/program.js';
import { texts } from '../texts.js';
import { FileImport } from './accounts-import.js';
import { Icon } from '../components/icons.js';
import { openDialog } from '../components/dialog.js';
import { Button, CodeBlock, CopyButton, Field, Note } from '../components/parts.js';

const words = texts.accounts.adding;
const ENDED = new Set(['done', 'failed', 'expired', 'cancelled']);
const POLL = 1500;

/**
 * @param known the accounts before; one of them that signs in again is told from a new one.
 * @param way 'import' to begin there; `again` is the account that is to sign in once more.
 */
export async function addAccount({ known, reload, way = null, again = null }) {
  /** What the dialog shows: a component. */
  const step = signal(null);
  const show = Step => { step.value = Step; };
  /** What the account goes through, from its first request on. */
  const proxy = signal('');
  const through = () => ({ ...(proxy.value.trim() && { proxy: proxy.value.trim() }), ...(again && { account: again.id }) });
  let login = null;
  let isOpen = true;

  const choose = () => show(() => html`<${Choice} again=${again} proxy=${proxy} ways=${{ browser: startBrowser, device: startDevice, paste: startPaste, import: startImport, files: startFiles }} />`);
  const startImport = () => show(() => html`<${Import} through=${through} succeed=${succeed} fresh=${startBrowser} back=${back} />`);
  const startFiles = () => show(() => html`<${FileImport} through=${through} done=${imported} back=${html`<${Back} onclick=${back} />`} />`);

  if (way === 'import') startImport();
  else choose();
  await openDialog({
    title: again ? words.titleAgain(nameOf(again)) : words.title,
    content: ({ close }) => html`<div class="stack adding"><${step.value} close=${close} /></div>`,
  });
  isOpen = false;
  forget(login);

  /** The window is opened within the click, or the browser would block it; its address comes afterwards. */
  async function startBrowser() {
    const popup = open('', 'sign-in', 'popup,width=560,height=780');
    if (popup) {
      popup.document.title = words.browser.name;
      popup.document.body.textContent = words.browser.opening;
    }
    show(() => html`<${Waiting}>${words.browser.opening}<//>`);
    try {
      const started = await post('/accounts/add', through());
      if (popup && isOpen) popup.location.replace(started.oauth_url);
      begin(started);
      show(() => html`<${Browser} ...${{ started, succeed, back }} opened=${popup !== null} />`);
    } catch (e) {
      popup?.close();
      if (!e.body?.oauth_url) { fail(e.message, startBrowser); return; }
      // No port for the callback: the same sign-in can be finished by hand.
      begin(e.body);
      show(() => html`<${Paste} ...${{ started: e.body, succeed, back }} trouble=${e.body.message} />`);
    }
  }

  async function startPaste() {
    show(() => html`<${Waiting}>${words.starting}<//>`);
    try {
      const started = await post('/accounts/add', { listen: false, ...through() });
      begin(started, false);
      show(() => html`<${Paste} ...${{ started, succeed, back }} />`);
    } catch (e) { fail(e.message, startPaste); }
  }

  async function startDevice() {
    show(() => html`<${Waiting}>${words.starting}<//>`);
    try {
      const started = await post('/accounts/add/device', through());
      begin(started);
      show(() => html`<${Device} started=${started} back=${back} />`);
    } catch (e) { fail(e.body?.message ?? e.message, startDevice); }
  }

  function begin(started, polls = true) {
    login = started.login;
    if (!isOpen) forget(login);
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
      else fail(progress.message ?? words.ended[progress.status], choose);
    }
  }

  async function succeed(email, account = null, remark = null) {
    login = null;
    const was = known.find(each => each.id === account || (!account && each.email === email));
    await reload();
    show(({ close }) => html`
      <div class="done" role="status"><${Icon} name="check" size=${20} /><p class="strong">${was ? words.signedInAgain(nameOf(was)) : words.added(who(email))}</p></div>
      ${remark && html`<${Note} kind="warn">${prose(remark)}<//>`}
      ${again && was?.id !== again.id && html`<${Note} kind="warn">${words.otherAccount(nameOf(again))}<//>`}
      <div class="row end"><${Button} onclick=${choose}>${words.another}<//><${Button} kind="primary" autofocus onclick=${() => close()}>${texts.actions.close}<//></div>`);
  }

  /** Several accounts at once, perhaps; the program's sentence names them. */
  async function imported(answer) {
    await reload();
    show(({ close }) => html`
      <div class="done" role="status"><${Icon} name="check" size=${20} /><p class="strong">${prose(answer.message)}</p></div>
      ${answer.note && html`<${Note} kind="warn">${prose(answer.note)}<//>`}
      <div class="row end"><${Button} onclick=${choose}>${words.another}<//><${Button} kind="primary" autofocus onclick=${() => close()}>${texts.actions.close}<//></div>`);
  }

  function back() {
    const left = login;
    login = null;
    forget(left);
    choose();
  }

  function fail(text, retry) {
    show(() => html`
      <div role="alert"><${Note} kind="bad">${prose(text)}<//></div>
      <div class="row end"><${Button} onclick=${choose}>${words.otherWay}<//><${Button} kind="primary" icon="refresh" onclick=${retry}>${texts.actions.retry}<//></div>`);
  }
}

/** A sign-in that nobody waits for any more. */
function forget(login) {
  if (login) remove(`/accounts/add/${encodeURIComponent(login)}`).catch(() => { /* it ends by itself */ });
}

const WAYS = [['browser', 'external'], ['device', 'key'], ['paste', 'copy'], ['import', 'download'], ['files', 'download']];

const Choice = ({ again, proxy, ways }) => html`
  ${again && html`<p class="muted">${words.againText}</p>`}
  <ul class="ways">${WAYS.filter(([name]) => !again || (name !== 'import' && name !== 'files')).map(([name, picture]) => html`<li key=${name}>
    <button type="button" class="way" onclick=${ways[name]} autofocus=${name === 'browser'}><${Icon} name=${picture} size=${20} />
      <span><span class="strong">${words[name].name}</span><span class="small muted">${words[name].text}</span></span><${Icon} name="chevron" /></button></li>`)}</ul>
  <details open=${proxy.peek() !== ''}><summary>${words.proxy.name}</summary>
    <${Field} label=${words.proxy.field}>${(id, about) => html`
      <input id=${id} class="input" type="text" spellcheck=${false} autocomplete="off" value=${proxy.peek()} aria-describedby=${about} oninput=${event => { proxy.value = event.currentTarget.value; }} />
      <span id=${about} class="hint">${words.proxy.hint}${again && ` ${words.proxy.hintAgain}`}</span>`}<//></details>`;

const Waiting = ({ children }) => html`<p class="row waiting" role="status"><span class="spinner"></span>${children}</p>`;

const Outward = ({ href, kind, size, children }) => html`<a class="button ${kind}" href=${href} target="_blank" rel="noopener noreferrer"><${Icon} name="external" size=${size} />${children}</a>`;

const Browser = ({ started, opened, succeed, back }) => html`
  ${opened ? html`<${Waiting}>${words.browser.waiting}<//>` : html`<${Note} kind="warn">${words.browser.blocked}<//>`}
  <div class="row wrap"><${Outward} kind=${opened ? '' : 'primary'} href=${started.oauth_url}>${words.openPage}<//><${CopyButton} text=${started.oauth_url} label=${words.copyAddress} /></div>
  <${Remaining} until=${started.expires_at} />
  <details><summary>${words.browser.elsewhere}</summary><div class="stack"><${PasteForm} started=${started} succeed=${succeed} /></div></details>
  <${Back} onclick=${back} />`;

const Paste = ({ started, trouble, succeed, back }) => html`
  ${trouble ? html`<${Note} kind="warn">${trouble}<//>` : html`<p class="muted">${words.paste.explain}</p>`}
  <ol class="steps">
    <li><p>${words.paste.first}</p><${CodeBlock} text=${started.oauth_url} name=${words.copyAddress} wraps /><${Outward} kind="small" size=${14} href=${started.oauth_url}>${words.openPage}<//></li>
    <li><p>${words.paste.second}</p><${PasteForm} started=${started} succeed=${succeed} /></li>
  </ol>
  <${Remaining} until=${started.expires_at} />
  <${Back} onclick=${back} />`;

function PasteForm({ started, succeed }) {
  const error = useSignal(null);
  const input = useRef(null);
  const finish = async event => {
    event.preventDefault();
    const code = input.current.value.trim();
    if (!code) { error.value = words.paste.missing; input.current.focus(); return; }
    error.value = null;
    try {
      const answer = await post('/accounts/add/manual', { code, login: started.login });
      await succeed(answer.message.match(/Account (\S+) added/)?.[1] ?? '');
    } catch (e) { error.value = e.message; }
  };
  return html`<form class="stack" onsubmit=${finish}>
    <${Field} label=${words.paste.field}>${(id, about) => html`
      <textarea id=${id} ref=${input} class="input mono" rows="3" spellcheck=${false} autocomplete="off" aria-describedby=${about} aria-invalid=${error.value ? 'true' : null}></textarea>
      <span id=${about} class="error" role="alert">${error.value}</span>`}<//>
    <div class="row end"><${Button} kind="primary" type="submit">${words.paste.finish}<//></div>
  </form>`;
}

const Device = ({ started, back }) => html`
  <p class="muted">${words.device.explain}</p>
  <div class="device"><output class="device-code" aria-label=${words.device.codeName}>${started.user_code}</output><${CopyButton} text=${started.user_code} label=${words.device.copy} /></div>
  <${Outward} kind="primary" href=${started.verification_url}>${words.device.open(started.verification_url.replace(/^https?:\/\//, ''))}<//>
  <${Waiting}>${words.device.waiting}<//>
  <${Remaining} until=${started.expires_at} />
  <${Back} onclick=${back} />`;

function Import({ through, succeed, fresh, back }) {
  const error = useSignal(null);
  const start = async () => {
    error.value = null;
    try {
      const answer = await post('/accounts/import', through());
      await succeed(answer.message.match(/: (\S+)/)?.[1] ?? '', null, answer.note);
    } catch (e) { error.value = e.message; }
  };
  return html`
    <p>${words.import.explain}</p>
    <${Note} kind="warn">${words.import.sharing}<//>
    ${error.value && html`<div role="alert"><${Note} kind="bad">${error.value}<//></div>`}
    <div class="row wrap end"><${Button} onclick=${fresh}>${words.import.fresh}<//><${Button} kind="primary" icon="download" onclick=${start}>${words.import.action}<//></div>
    <${Back} onclick=${back} />`;
}

const Back = ({ onclick }) => html`<div><${Button} kind="quiet small" onclick=${onclick}>${words.otherWay}<//></div>`;

function Remaining({ until }) {
  const end = parse(until);
  return end !== null && html`<p class="small muted">${end > now.value ? words.remaining(span(end - now.value)) : words.ended.expired}</p>`;
}

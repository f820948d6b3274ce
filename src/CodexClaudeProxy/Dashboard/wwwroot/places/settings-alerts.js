// Where alerts go, whether they arrived, and the latest of them.
import { html, Live, signal } from '../lib/ui.js';
import { post, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { usePoll } from '../lib/feed.js';
import { ago, when } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { texts } from '../texts.js';
import { confirm, openDialog } from '../components/dialog.js';
import { Button, Field, IconButton, Loaded, Note, Pill, Select, Toggle } from '../components/parts.js';
import { attempt, toast } from '../components/toast.js';

/** @import { AlertChannelReport, AlertEventReport, AlertsAnswer } from '../lib/answers' */

const words = texts.settings.alerts;
const STATES = { ok: 'ok', untried: '', failing: 'warn', paused: 'warn', unusable: 'bad' };
const FEW = 5;

export function Alerts() {
  const polled = usePoll('/api/alerts', 15_000);
  return html`<div class="body stack alerts"><${Loaded} of=${polled}>${(/** @type {AlertsAnswer} */ answer) => html`
    ${answer.channels.length === 0 && html`<p class="muted">${words.none}</p>`}
    <ul class="channels">${answer.channels.map(channel => html`<li key=${channel.name}><${Channel} ...${{ channel, reload: polled.reload }} /></li>`)}</ul>
    <div><${Button} icon="plus" onclick=${() => addChannel(answer, polled.reload)}>${words.add}<//></div>
    ${answer.recent.length > 0 && html`<section class="stack"><h3>${words.recent}</h3>
      <ul class="recent">${answer.recent.slice(0, FEW).map(({ id, at, text }) => html`<li key=${id}><time class="muted small" datetime=${at}>${when(at)}</time><span>${prose(text)}</span></li>`)}</ul></section>`}
  `}<//></div>`;
}

/** @param {{ channel: AlertChannelReport, reload: () => Promise<void> }} properties */
function Channel({ channel, reload }) {
  const { name, kind, address, state, readOnly } = channel;
  const test = async () => {
    // It says what happened also where it did not arrive.
    try { await post('/api/alerts/test', { channel: name }); toast(words.delivered(name)); } catch (e) { toast(prose(words.notDelivered(name, e.body?.results?.[0]?.error ?? e.message)), 'bad'); }
    await reload();
  };
  const take = async () => {
    if (!await confirm({ title: words.removeTitle(name), body: words.removeText, action: words.removeShort, danger: true })) return;
    await attempt(() => remove(`/api/alerts/channels/${encodeURIComponent(name)}`), answer => answer.message);
    await reload();
  };
  return html`
    <div class="about"><div class="row wrap"><span class="strong">${name}</span><${Pill} kind=${STATES[state] ?? ''}>${words.states[state] ?? state}<//></div>
      <p class="small muted">${words.kinds[kind] ?? kind} · ${prose(address)}${readOnly ? ` · ${words.setIn[channel.setIn] ?? channel.setIn}` : ''}</p>
      <p class="small muted"><${Live}>${() => told(channel)}<//></p>
      ${state !== 'ok' && channel.lastError && html`<p class="small bad">${prose(sentence(channel.lastError))}</p>`}</div>
    <div class="row"><${Button} kind="small" aria-label=${words.test(name)} onclick=${test}>${words.testShort}<//>
      ${!readOnly && html`<${IconButton} icon="trash" kind="quiet small" name=${words.remove(name)} onclick=${take} />`}</div>`;
}

const told = (/** @type {AlertChannelReport} */ { lastDelivered, events, waiting }) => [
  events ? words.some(events.length) : words.usual, lastDelivered ? words.last(ago(lastDelivered, now.value)) : words.never, waiting > 0 && words.waiting(waiting)].filter(Boolean).join(' · ');

const sentence = text => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** @param {AlertsAnswer} answer @param {() => Promise<void>} reload */
async function addChannel({ events, desktopProblem }, reload) {
  const kinds = ['ntfy', 'slack', 'discord', 'webhook', ...(desktopProblem ? [] : ['desktop'])];
  const draft = {
    kind: signal('ntfy'), name: signal(''), url: signal(''), token: signal(''), secret: signal(''), includeEmail: signal(false),
    events: signal(new Set(events.filter(({ usual }) => usual).map(({ name }) => name))), problem: signal(null),
  };
  await openDialog({
    title: words.title,
    content: ({ close }) => html`<${Form} ...${{ draft, kinds, events, done: async () => { close(); await reload(); } }} />`,
  });
}

/** @param {{ draft: any, kinds: string[], events: AlertEventReport[], done: () => Promise<void> }} properties */
function Form({ draft, kinds, events, done }) {
  const kind = draft.kind.value;
  const text = (field, label, hint = null, more = {}) => html`<${Field} label=${label} hint=${hint}>${(id, about) => html`
    <input class="input" id=${id} aria-describedby=${hint ? about : null} value=${draft[field].value} autocomplete="off" spellcheck=${false} oninput=${event => { draft[field].value = event.currentTarget.value; }} ...${more} />`}<//>`;
  const flip = name => { const chosen = new Set(draft.events.peek()); if (!chosen.delete(name)) chosen.add(name); draft.events.value = chosen; };
  const add = async event => {
    event.preventDefault();
    try {
      const answer = await post('/api/alerts/channels', body(draft, events));
      toast(answer.message);
      await done();
    } catch (e) { draft.problem.value = e.message; }
  };
  return html`<form class="stack" onsubmit=${add}>
    <${Field} label=${words.kind}>${id => html`<${Select} id=${id} options=${kinds.map(each => [each, words.kinds[each]])} value=${kind} onchange=${chosen => { draft.kind.value = chosen; draft.problem.value = null; }} />`}<//>
    ${text('name', words.name, words.nameHint, { maxlength: 40 })}
    ${kind !== 'desktop' && text('url', kind === 'ntfy' ? words.topic : words.url, words.hints[kind], { type: 'text', inputmode: 'url' })}
    ${(kind === 'webhook' || kind === 'ntfy') && text('token', words.token, words.tokenHint)}
    ${kind === 'webhook' && text('secret', words.secret, words.secretHint)}
    <details><summary>${words.events(draft.events.value.size)}</summary><div class="stack tight events">${events.map(({ name, meaning }) => html`<label key=${name} class="check"><input type="checkbox" checked=${draft.events.value.has(name)} onchange=${() => flip(name)} />${meaning}</label>`)}</div></details>
    <${Toggle} name=${words.includeEmail} value=${draft.includeEmail.value} onchange=${on => { draft.includeEmail.value = on; }} />
    ${draft.problem.value && html`<div role="alert"><${Note} kind="bad">${prose(sentence(draft.problem.value.replace(/\.$/, '')))}<//></div>`}
    <div class="row end"><${Button} kind="primary" type="submit">${words.add}<//></div>
  </form>`;
}

/** What was typed, as the program takes it. @param {AlertEventReport[]} events */
function body(draft, events) {
  const kind = draft.kind.peek();
  const url = draft.url.peek().trim();
  const chosen = events.filter(({ name }) => draft.events.peek().has(name)).map(({ name }) => name);
  const isUsual = events.every(({ name, usual }) => draft.events.peek().has(name) === usual);
  const token = draft.token.peek().trim();
  return {
    name: draft.name.peek().trim() || kind, kind, includeEmail: draft.includeEmail.peek(), events: isUsual ? null : chosen,
    ...(kind !== 'desktop' && { url }),
    ...(token && (kind === 'webhook' || kind === 'ntfy') && { authorization: `Bearer ${token}` }),
    ...(kind === 'webhook' && draft.secret.peek() && { secret: draft.secret.peek() }),
  };
}

// Changing Claude Code's settings: what would be written is shown before it is.
import { effect, html, signal, untracked, useRef, useRunning, useUid } from '../lib/ui.js';
import { post } from '../lib/api.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { Button, Field, Note, Skeleton, Toggle } from '../components/parts.js';
import { toast } from '../components/toast.js';
import { ModelList } from './claude-models.js';

const words = texts.claude.change;
const LANES = ['default', 'opus', 'sonnet', 'haiku', 'fable'];
/** What is asked for each kind; to restore takes nothing. */
const FIELDS = { proxy: ProxyFields, direct: DirectFields, set: AddressFields };
/** After the last key. */
const PAUSE = 350;

/** kind: 'proxy', 'direct', 'set' or 'restore'. @returns true when the file was changed. */
export async function change(kind, config) {
  const draft = drafted(kind);
  return await openDialog({
    title: words.titles[kind], wide: true,
    content: () => html`<${Draft} kind=${kind} config=${config} draft=${draft} />`,
    actions: ({ close }) => html`
      <${Button} onclick=${() => close(false)}>${texts.actions.cancel}<//>
      <${Button} kind="primary" disabled=${!draft.preview.value?.changed} onclick=${() => draft.write(close)}>${words.write}<//>`,
  }) === true;
}

/** What is to be written, as a body for the program (null while something is missing), and what the program says that it would do. */
function drafted(kind) {
  const body = signal(kind === 'set' ? null : {});
  const preview = signal(null);
  const error = signal(null);
  let turn = 0;

  async function look() {
    const mine = ++turn;
    const wanted = body.peek();
    let answer = null;
    let failure = null;
    try { answer = wanted && await post(`/claude/config/${kind}`, { ...wanted, dryRun: true }); } catch (e) { failure = e; }
    if (mine !== turn) return;
    preview.value = answer;
    error.value = failure;
  }

  async function write(close) {
    try {
      const answer = await post(`/claude/config/${kind}`, body.peek());
      toast(answer.backup ? words.written(answer.message, answer.backup) : answer.message);
      close(true);
    } catch (e) { error.value = e; }
  }

  function start() {
    let timer = null;
    const end = effect(() => {
      void body.value;
      clearTimeout(timer);
      timer = setTimeout(look, untracked(() => preview.value) ? PAUSE : 0);
    });
    return () => { end(); clearTimeout(timer); };
  }

  return { body, preview, error, start, write };
}

function Draft({ kind, config, draft }) {
  const { body, preview, error } = useRunning(() => draft);
  const Fields = FIELDS[kind];
  return html`<div class="stack">
    <p class="muted">${words.texts[kind]}</p>
    ${Fields && html`<${Fields} body=${body} config=${config} />`}
    ${error.value && html`<div role="alert"><${Note} kind="bad">${placed(error.value)}<//></div>`}
    <div class="stack tight"><h3>${words.preview}</h3><${Preview} preview=${preview.value} error=${error.value} body=${body.value} /></div>
  </div>`;
}

function placed(error) {
  const { line, column } = error.body?.problem ?? {};
  return line ? `${error.message} ${texts.claude.config.where(line, column)}` : error.message;
}

function Preview({ preview, error, body }) {
  if (!body) return html`<p class="muted">${words.incomplete}</p>`;
  if (error) return html`<p class="muted">${words.nothing}</p>`;
  if (!preview) return html`<${Skeleton} lines=${4} />`;
  return html`
    ${preview.changed ? html`<${Difference} text=${preview.diff} />` : html`<p class="muted">${words.unchanged}</p>`}
    ${preview.kept?.length > 0 && html`<${Note} kind="warn">${words.kept(preview.kept.join(', '))}<//>`}`;
}

function Difference({ text }) {
  const kinds = { '+': 'added', '-': 'gone', '@': 'hunk' };
  const lines = text.split('\n').filter((line, i, all) => !(i === all.length - 1 && line === '') && !line.startsWith('---') && !line.startsWith('+++'));
  return html`<div class="code diff"><pre tabindex="0" role="group" aria-label=${words.preview}><code>${lines.map(line => html`<span class=${kinds[line[0]] ?? ''}>${`${line}\n`}</span>`)}</code></pre></div>`;
}

function DirectFields({ body }) {
  const read = event => { body.value = event.currentTarget.value ? { apiKey: event.currentTarget.value } : {}; };
  return html`<${Field} label=${words.apiKeyOptional} hint=${words.apiKeyOptionalHint}>${(id, about) => html`
    <input id=${id} class="input" type="password" autocomplete="off" spellcheck=${false} aria-describedby=${about} oninput=${read} />`}<//>`;
}

function AddressFields({ body, config }) {
  const address = useRef(null);
  const key = useRef(null);
  const read = () => {
    const [apiUrl, apiKey] = [address.current.value.trim(), key.current.value];
    body.value = apiUrl && apiKey ? { apiUrl, apiKey } : null;
  };
  const input = { class: 'input', autocomplete: 'off', spellcheck: false, oninput: read };
  return html`<div class="preferences">
    <${Field} label=${words.address}>${id => html`<input ...${input} id=${id} ref=${address} type="url" placeholder=${words.addressExample} defaultValue=${config?.state === 'other' ? config.baseUrl ?? '' : ''} />`}<//>
    <${Field} label=${words.apiKey}>${id => html`<input ...${input} id=${id} ref=${key} type="password" />`}<//>
  </div>`;
}

/** What is only done when it is asked for, and which model each name of Claude Code's stands for; what is left empty is recommended by the program. */
function ProxyFields({ body, config }) {
  const list = useUid('models');
  const set = (name, value) => {
    const { [name]: _, ...rest } = body.peek();
    body.value = value ? { ...rest, [name]: value } : rest;
  };
  const choose = (lane, model) => {
    const { [lane]: _, ...rest } = body.peek().models ?? {};
    const models = model ? { ...rest, [lane]: model } : rest;
    set('models', Object.keys(models).length > 0 && models);
  };
  return html`
    <div class="stack tight">${['askPermission', 'disableNonessentialTraffic', config?.canSetAside && 'setAside'].filter(Boolean).map(name => html`<div key=${name} class="stack tight">
      <${Toggle} name=${words.choices[name]} value=${body.value[name] === true} onchange=${on => set(name, on)} />
      <span class="small muted">${words.choiceHints[name]}</span>
    </div>`)}</div>
    <details><summary>${words.models}</summary>
      <div class="preferences">${LANES.map(lane => html`<${Field} key=${lane} label=${words.lanes[lane]}>${id => html`
        <input id=${id} class="input" list=${list} spellcheck=${false} autocomplete="off" placeholder=${words.recommended} oninput=${event => choose(lane, event.currentTarget.value.trim())} />`}<//>`)}</div>
      <${ModelList} id=${list} />
    </details>`;
}

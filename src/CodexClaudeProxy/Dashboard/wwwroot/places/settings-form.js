// The settings, as the program describes them. Each is saved at once and counts from the next request on.
import { html, useSignal, useUid } from '../lib/ui.js';
import { patch } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { IconButton, Loaded, Segments, Select, Toggle } from '../components/parts.js';

/** @import { SettingDescription, SettingsReply } from '../lib/answers' */

const words = texts.settings.form;

/** These have a place of their own, where they are explained better. */
const ELSEWHERE = { haikuKiloModel: 'claude', modelMappings: 'claude' };
const FEW = 5;

export function SettingsForm() {
  const polled = usePoll('/api/settings');
  return html`<${Loaded} of=${polled} lines=${8}>${(/** @type {SettingsReply} */ { keys, settings }) => html`<div class="card settings-list">
    <ul>${keys.map(key => html`<li key=${key.name} class="setting"><${Setting} of=${key} value=${settings[key.name]} polled=${polled} /></li>`)}</ul>
  </div>`}<//>`;
}

/** @param {{ of: SettingDescription, value: any, polled: any }} properties */
function Setting({ of: key, value, polled }) {
  const problem = useSignal(null);
  const saved = useSignal(false);
  const id = useUid('setting');
  const name = words.names[key.name] ?? spelled(key.name);
  const isDefault = JSON.stringify(value) === JSON.stringify(key.default);

  /** @returns whether it was taken. */
  async function save(wanted) {
    saved.value = false;
    try {
      polled.data.value = await patch('/api/settings', { [key.name]: wanted });
      problem.value = null;
      saved.value = true;
      setTimeout(() => { saved.value = false; }, 3000);
      return true;
    } catch (e) {
      problem.value = e.message;
      return false;
    }
  }

  return html`
    <div class="about">
      <h2 id="${id}-name">${name}</h2>
      <p class="muted small" id="${id}-about">${key.description}</p>
      <p class="faint small"><code>${key.name}</code>${` · ${words.default(shown(key.default))}`}${key.min !== undefined && ` · ${words.range(key.min, key.max)}`}</p>
    </div>
    <div class="control">
      <div class="row wrap">
        ${ELSEWHERE[key.name] ? html`<${Elsewhere} of=${key} value=${value} />` : html`<${Control} ...${{ of: key, name, id, value, problem, save }} />`}
        ${!isDefault && html`<${IconButton} icon="undo" name=${words.reset(name)} onclick=${() => save(null)} />`}
      </div>
      <p class=${problem.value ? 'small bad' : 'small ok'} id="${id}-state" role="status">${problem.value ?? (saved.value ? words.saved : '')}</p>
    </div>`;
}

/** @param {{ of: SettingDescription, name: string, id: string, value: any, problem: any, save: (value: any) => Promise<boolean> }} properties */
function Control({ of: key, name, id, value, problem, save }) {
  if (key.type === 'boolean') return html`<${Toggle} name=${name} hideName value=${value} onchange=${save} />`;
  if (key.type !== 'choice') return html`<${Typed} ...${{ of: key, id, value, problem, save }} />`;
  const options = [...(key.nullable ? [['', words.unset]] : []), ...key.values.map(each => [each, each])];
  const choose = chosen => save(chosen === '' ? null : chosen);
  return options.length <= FEW
    ? html`<${Segments} name=${name} options=${options} value=${value ?? ''} onchange=${choose} />`
    : html`<div class="choice"><${Select} name=${name} options=${options} value=${value ?? ''} onchange=${choose} /></div>`;
}

/**
 * A number, a text, or something larger as JSON. What is typed is kept until it is saved, or Escape takes it back.
 * @param {{ of: SettingDescription, id: string, value: any, problem: any, save: (value: any) => Promise<boolean> }} properties
 */
function Typed({ of: key, id, value, problem, save }) {
  const draft = useSignal(null);
  const isNumber = key.type === 'integer';
  const isPlain = isNumber || key.type === 'string';
  const kept = isPlain ? value ?? '' : Object.keys(value ?? {}).length > 0 ? JSON.stringify(value) : '';
  const commit = async event => {
    const text = event.currentTarget.value;
    if (text === String(kept) || await save(isPlain ? read(text, isNumber) : parsed(text))) draft.value = null;
  };
  const undo = event => { if (event.key === 'Escape') { draft.value = null; problem.value = null; } };
  return html`<div class=${isNumber ? 'number' : 'choice'}>
    <input class="input" type=${isNumber ? 'number' : 'text'} min=${key.min} max=${key.max} step=${isNumber ? 1 : undefined} placeholder=${key.nullable ? words.unset : undefined}
      value=${draft.value ?? kept} aria-labelledby="${id}-name" aria-describedby="${id}-about ${id}-state" aria-invalid=${problem.value ? 'true' : null} spellcheck=${false}
      oninput=${event => { draft.value = event.currentTarget.value; }} onchange=${commit} onkeydown=${undo} />
  </div>`;
}

/** What is no number goes to the program as it is, which says what it must be. */
function read(text, isNumber) {
  if (text.trim() === '') return null;
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** As above: what is no JSON goes to the program as it is. */
function parsed(text) {
  try { return text.trim() === '' ? null : JSON.parse(text); } catch { return text; }
}

const Elsewhere = ({ of: key, value }) => html`
  <code class="cut">${key.type === 'map' ? words.entries(Object.keys(value).length) : shown(value)}</code>
  <a href=${href(ELSEWHERE[key.name])} aria-label=${words.changeThere(words.names[key.name])}>${words.change}</a>`;

function shown(value) {
  if (value === null) return words.unset;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  return typeof value === 'object' ? words.entries(Object.keys(value).length) : String(value);
}

/** A setting that is newer than this page: holdUntilReset → Hold until reset. */
const spelled = name => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`).replace(/^./, letter => letter.toUpperCase());

// One setting: what it is called and means, its control, and the way back to its default.
import { html, useSignal, useUid } from '../lib/ui.js';
import { patch } from '../lib/api.js';
import { href, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Button, Pill, Segments, Select, Toggle } from '../components/parts.js';
import { PricesButton } from './settings-prices.js';

/** @import { SettingDescription } from '../lib/answers' */

const words = texts.settings.form;

/** These have a place of their own, where they are explained better. */
const ELSEWHERE = { haikuKiloModel: 'claude', modelMappings: 'claude' };
const FEW = 4;

/** @param {SettingDescription} key */
export const titleOf = key => words.names[key.name] ?? spelled(key.name);

/** @param {SettingDescription} key */
export const isChanged = (key, value) => JSON.stringify(value) !== JSON.stringify(key.default);

/** A setting that is newer than this page: holdUntilReset → Hold until reset. */
const spelled = name => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`).replace(/^./, letter => letter.toUpperCase());

/** Of a setting that is newer than this page the program's own words. @param {SettingDescription} key */
const aboutOf = key => words.about[key.name] ?? key.description;

/** All that a person may look for, in small letters. @param {SettingDescription} key */
export const wordsOf = key => [titleOf(key), aboutOf(key), key.name, key.description, ...(key.values ?? []).flatMap(value => choiceOf(key, value))].join(' ').toLowerCase();

/** [name, sentence]. @param {SettingDescription} key */
const choiceOf = (key, value) => words.choices[key.name]?.[value] ?? [value === '' ? words.notSet : value];

/** A value for people. @param {SettingDescription} key */
function shown(key, value) {
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (key.type === 'choice') return choiceOf(key, value ?? '')[0];
  if (value === null) return words.unset[key.name] ?? words.notSet;
  if (key.type === 'prices') return words.prices.own(Object.keys(value).length);
  if (typeof value === 'object') return words.entries(Object.keys(value).length);
  return words.units[key.name] ? `${value} ${words.units[key.name]}` : String(value);
}

/** @param {{ of: SettingDescription, value: any, polled: any }} properties */
export function Setting({ of: key, value, polled }) {
  const problem = useSignal(null);
  const saved = useSignal(false);
  const id = useUid('setting');
  const name = titleOf(key);
  const meaning = key.type === 'choice' ? choiceOf(key, value ?? '')[1] : null;

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
      problem.value = sentence(key, e.message);
      return false;
    }
  }

  return html`
    <div class="about">
      <div class="row"><h3 id="${id}-name" title=${words.member(key.name)}>${name}</h3><span class="small ok nowrap" role="status">${saved.value ? words.saved : ''}</span></div>
      <p class="muted small" id="${id}-about">${aboutOf(key)}</p>
    </div>
    <div class="control">
      <${Editor} ...${{ of: key, name, id, value, problem, save }} />
      ${meaning && html`<p class="small muted meaning">${meaning}</p>`}
      <p class="small bad" id="${id}-state" role="alert">${problem.value}</p>
      ${isChanged(key, value) && html`<p class="row wrap small changed"><${Pill} kind="accent">${words.changed}<//><span class="muted">${words.default(shown(key, key.default))}</span>
        <${Button} kind="quiet small" icon="undo" aria-label=${words.reset(name)} onclick=${() => save(null)}>${words.resetShort}<//></p>`}
    </div>`;
}

/** The program's own words without the member's name: the field is beside them. */
function sentence(key, message) {
  const text = message.startsWith(`${key.name}: `) ? message.slice(key.name.length + 2) : message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {{ of: SettingDescription, name: string, id: string, value: any, problem: any, save: (value: any) => Promise<boolean> }} properties */
function Editor({ of: key, name, id, value, problem, save }) {
  if (ELSEWHERE[key.name]) {
    return html`<div class="row wrap"><span class="strong cut">${shown(key, value)}</span><a class="button small" href=${href(ELSEWHERE[key.name])} aria-label=${words.changeThere(name)}>${words.change}</a></div>`;
  }
  if (key.type === 'prices') return html`<${PricesButton} value=${value} open=${() => setParams({ edit: 'prices' })} />`;
  if (key.type === 'boolean') return html`<${Toggle} name=${name} hideName value=${value} onchange=${save} />`;
  if (key.type !== 'choice') return html`<${Typed} ...${{ of: key, id, value, problem, save }} />`;
  const options = [...(key.nullable ? [''] : []), ...key.values].map(each => [each, choiceOf(key, each)[0]]);
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
  const unit = words.units[key.name];
  return html`<div class="row"><div class=${isNumber ? 'number' : 'choice'}>
    <input class="input" type=${isNumber ? 'number' : 'text'} min=${key.min} max=${key.max} step=${isNumber ? 1 : undefined} placeholder=${key.nullable ? words.unset[key.name] ?? words.notSet : undefined}
      value=${draft.value ?? kept} aria-labelledby="${id}-name" aria-describedby="${id}-about ${id}-state" aria-invalid=${problem.value ? 'true' : null} spellcheck=${false}
      oninput=${event => { draft.value = event.currentTarget.value; }} onchange=${commit} onkeydown=${undo} />
    </div>${key.min !== undefined && html`<span class="small muted nowrap">${words.range(key.min, key.max, unit)}</span>`}</div>`;
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

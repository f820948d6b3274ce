// The settings, as the program describes them. Each is saved at once and counts from the next request on.
import { h, uid } from '../lib/dom.js';
import { patch } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { href } from '../lib/router.js';
import { computed, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { iconButton, loaded, segments, select, toggle } from '../components/parts.js';

const words = texts.settings.form;

/** These have a place of their own, where they are explained better. */
const ELSEWHERE = { haikuKiloModel: 'claude', modelMappings: 'claude' };
const FEW = 5;

export function settingsForm() {
  const settings = poll('/api/settings');
  return loaded(settings, data => h('div', { class: 'card settings-list' },
    h('ul', {}, data.peek().keys.map(key => h('li', { class: 'setting' }, row(key, settings))))), { lines: 8 });
}

function row(key, settings) {
  const value = computed(() => settings.data().settings[key.name]);
  const problem = signal(null);
  const saved = signal(false);
  const id = uid('setting');
  const isDefault = () => JSON.stringify(value()) === JSON.stringify(key.default);

  async function save(wanted) {
    saved.set(false);
    try {
      settings.data.set(await patch('/api/settings', { [key.name]: wanted }));
      problem.set(null);
      saved.set(true);
      setTimeout(() => saved.set(false), 3000);
    } catch (e) { problem.set(e.message); }
  }

  const name = words.names[key.name] ?? spelled(key.name);
  return [
    h('div', { class: 'about' },
      h('h2', { id: `${id}-name` }, name),
      h('p', { class: 'muted small', id: `${id}-about` }, key.description),
      h('p', { class: 'faint small' }, h('code', {}, key.name), ` · ${words.default(shown(key.default))}`, key.min !== undefined && ` · ${words.range(key.min, key.max)}`)),
    h('div', { class: 'control' },
      h('div', { class: 'row wrap' },
        ELSEWHERE[key.name] ? elsewhere(key, value) : control({ key, name, id, value, problem, save }),
        () => !isDefault() && iconButton({ icon: 'undo', name: words.reset(name), onclick: () => save(null) })),
      h('p', { class: () => (problem() ? 'small bad' : 'small ok'), id: `${id}-state`, role: 'status' }, () => problem() ?? (saved() ? words.saved : ''))),
  ];
}

function control({ key, name, id, value, problem, save }) {
  if (key.type === 'boolean') return toggle({ name, hideName: true, value, onchange: save });
  if (key.type === 'choice') {
    const options = [...(key.nullable ? [['', words.unset]] : []), ...key.values.map(each => [each, each])];
    const choose = chosen => save(chosen === '' ? null : chosen);
    return options.length <= FEW
      ? segments({ name, options, value: () => value() ?? '', onchange: choose })
      : h('div', { class: 'choice' }, select({ name, options: () => options, value: () => value() ?? '', onchange: choose }));
  }

  const isNumber = key.type === 'integer';
  const input = h('input', {
    class: 'input', type: isNumber ? 'number' : 'text', min: key.min, max: key.max, step: isNumber ? 1 : null, placeholder: key.nullable ? words.unset : null,
    value: () => value() ?? '', ariaLabelledby: `${id}-name`, ariaDescribedby: `${id}-about ${id}-state`, ariaInvalid: () => (problem() ? 'true' : null), spellcheck: 'false',
    onchange: () => { const told = read(input.value, isNumber); if (told !== value.peek()) save(told); },
    onkeydown: event => { if (event.key === 'Escape') { input.value = value.peek() ?? ''; problem.set(null); } },
  });
  return h('div', { class: isNumber ? 'number' : 'choice' }, input);
}

/** What is no number goes to the program as it is, which says what it must be. */
function read(text, isNumber) {
  if (text.trim() === '') return null;
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
}

const elsewhere = (key, value) => [
  h('code', { class: 'cut' }, () => (key.type === 'map' ? words.entries(Object.keys(value()).length) : shown(value()))),
  h('a', { href: href(ELSEWHERE[key.name]), ariaLabel: words.changeThere(words.names[key.name]) }, words.change),
];

function shown(value) {
  if (value === null) return words.unset;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  return typeof value === 'object' ? words.entries(Object.keys(value).length) : String(value);
}

/** A setting that is newer than this page: holdUntilReset → Hold until reset. */
const spelled = name => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`).replace(/^./, letter => letter.toUpperCase());

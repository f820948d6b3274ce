// What the model names of Claude Code stand for, how hard the models think, and the free lane for haiku.
import { h, uid } from '../lib/dom.js';
import { get, patch, post } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { short } from '../lib/format.js';
import { computed, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { badge, button, card, field, iconButton, loaded, note, pill, segments } from '../components/parts.js';
import { dataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';

const words = texts.claude.models;

/** Asked for once and shown by both the models and the Kilo card. */
let models = null;

export function modelsCard() {
  models = poll('/settings/models', 60_000);
  return card({ title: words.title, actions: () => models.data()?.catalogue === 'built-in' && pill(words.builtIn, 'warn') }, loaded(models, data => h('div', { class: 'stack wide' },
    h('p', { class: 'muted' }, words.text),
    dataTable({
      name: words.lanes, id: row => row.name, rows: () => Object.entries(data().lanes).map(([name, route]) => ({ name, ...route })),
      columns: [
        { title: words.lane, cell: row => h('span', { class: 'strong' }, row.name) },
        { title: words.model, cell: target },
        { title: words.why, class: 'why', cell: row => h('span', { class: 'muted' }, row.why) },
      ],
    }),
    mappings(data))));
}

const target = route => h('span', { class: 'row' }, h('code', { class: 'nowrap' }, route.model), route.effort && badge(route.effort), route.fast && badge(words.fast),
  route.upstream === 'kilo' && pill(words.kilo, 'accent', { dot: false }), !route.known && pill(words.unknown, 'warn'));

function mappings(data) {
  const rows = () => Object.entries(data().mappings).map(([name, to]) => ({ name, to, ...data().resolved[name] }));
  const has = computed(() => rows().length > 0);
  const remove = row => attempt(async () => models.data.set(await post('/settings/models', { set: { [row.name]: null } })), words.removed(row.name));
  return h('div', { class: 'stack' },
    h('h3', {}, words.mappings),
    h('p', { class: 'muted' }, words.mappingsText),
    () => has() && dataTable({
      name: words.mappings, id: row => row.name, rows,
      columns: [
        { title: words.name, cell: row => h('code', { class: 'nowrap' }, row.name) },
        { title: words.target, cell: row => h('code', { class: 'nowrap' }, row.to) },
        { title: words.model, cell: row => (row.model ? target(row) : null) },
        { title: words.why, class: 'why', cell: row => h('span', { class: 'muted' }, row.why) },
        { title: h('span', { class: 'unseen' }, texts.actions.remove), num: true, cell: row => iconButton({ icon: 'trash', name: words.remove(row.name), onclick: () => remove(row) }) },
      ],
    }),
    addMapping());
}

function addMapping() {
  const error = signal(null);
  const list = uid('models');
  const known = signal([]);
  get('/v1/models').then(answer => known.set(answer.data.map(model => model.id)), () => { /* then they are typed */ });
  let name;
  let to;
  const add = async event => {
    event.preventDefault();
    const [from, target] = [name.value.trim(), to.value.trim()];
    if (!from || !target) { error.set(words.incomplete); (from ? to : name).focus(); return; }
    try {
      models.data.set(await post('/settings/models', { set: { [from]: target } }));
      error.set(null);
      name.value = to.value = '';
      name.focus();
    } catch (e) { error.set(e.message); }
  };
  const invalid = () => (error() ? 'true' : null);
  return h('form', { class: 'mapping-form', onsubmit: add },
    field({ label: words.name }, id => (name = h('input', { id, class: 'input mono', placeholder: words.nameExample, spellcheck: 'false', autocomplete: 'off', maxlength: 200, ariaInvalid: invalid, ariaDescribedby: `${list}-problem` }))),
    h('span', { class: 'between' }, icon('arrow')),
    field({ label: words.target }, id => (to = h('input', { id, class: 'input mono', list, placeholder: words.targetExample, spellcheck: 'false', autocomplete: 'off', maxlength: 200, ariaInvalid: invalid, ariaDescribedby: `${list}-problem` }))),
    button({ icon: 'plus', type: 'submit' }, words.add),
    h('span', { class: 'error', id: `${list}-problem`, role: 'alert' }, error),
    h('datalist', { id: list }, () => known().map(id => h('option', { value: id }))));
}

/** settings: GET /api/settings, polled. */
export const effortCard = settings => card({ title: words.effort }, loaded(settings, data => {
  const key = data.peek().keys.find(each => each.name === 'defaultEffort');
  if (!key) return h('p', { class: 'muted' }, texts.unavailable.text);
  const choose = value => attempt(async () => settings.data.set(await patch('/api/settings', { defaultEffort: value === '' ? null : value })), words.effortSaved);
  return h('div', { class: 'stack' },
    h('p', { class: 'muted' }, words.effortText),
    segments({ name: words.effort, value: () => data().settings.defaultEffort ?? '', options: [['', words.effortDefault], ...key.values.map(value => [value, value])], onchange: choose }));
}));

export function kiloCard() {
  const kilo = poll('/settings/kilo-models');
  return card({ title: words.kiloTitle, actions: () => kilo.data() && pill(kilo.data().current ? words.kiloOn : words.kiloOff, kilo.data().current ? 'accent' : '') }, loaded(kilo, data => {
    const group = uid('kilo');
    const choose = async id => {
      await attempt(() => post('/settings/haiku-model', { haikuKiloModel: id }), id ? words.kiloChosen(id) : words.kiloStopped);
      await Promise.all([kilo.reload(), models?.reload()]);
    };
    const option = (id, name, about) => h('label', { class: 'option' },
      h('input', { type: 'radio', name: group, value: id ?? '', checked: () => (data().current ?? null) === id, onchange: () => choose(id) }),
      h('span', {}, h('span', { class: 'strong' }, name), h('span', { class: 'small muted' }, about)));
    return h('div', { class: 'stack' },
      h('p', { class: 'muted' }, words.kiloText),
      note(words.kiloPrivacy, 'warn'),
      h('fieldset', { class: 'stack tight options' }, h('legend', { class: 'unseen' }, words.kiloTitle),
        option(null, words.kiloNone, words.kiloNoneText),
        data.peek().models.map(model => option(model.id, nameOf(model), [words.context(short(model.context_length)), model.supportsTools ? null : words.noTools].filter(Boolean).join(' · ')))));
  }));
}

/** As in the original: without the word that all of them carry. */
const nameOf = ({ id, name }) => (id === 'kilo-auto/free' ? words.kiloAuto : name.replace(/\s*\(free\)/i, ''));

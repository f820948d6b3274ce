// What the model names of Claude Code stand for, how hard the models think, and the free lane for haiku.
import { html, signal, useRef, useRunning, useSignal, useUid } from '../lib/ui.js';
import { get, patch, post } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { short } from '../lib/format.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Badge, Button, Card, Field, IconButton, Loaded, Note, Pill, Segments } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';

/** @import { KiloModelsReply, ModelMappingsReply, ModelRoute, SettingsReply } from '../lib/answers' */

const words = texts.claude.models;

const LANES = [
  { title: words.lane, cell: row => html`<span class="strong">${row.name}</span>` },
  { title: words.model, cell: target },
  { title: words.why, class: 'why', cell: row => html`<span class="muted">${row.why}</span>` },
];

/** models: GET /settings/models, polled. */
export const ModelsCard = ({ models }) => html`<${Card} title=${words.title} actions=${models.data.value?.catalogue === 'built-in' && html`<${Pill} kind="warn">${words.builtIn}<//>`}>
  <${Loaded} of=${models}>${(/** @type {ModelMappingsReply} */ data) => html`<div class="stack wide">
    <p class="muted">${words.text}</p>
    <${DataTable} name=${words.lanes} id=${row => row.name} rows=${Object.entries(data.lanes).map(([name, route]) => ({ name, ...route }))} columns=${LANES} />
    <${Mappings} models=${models} />
  </div>`}<//>
<//>`;

/** @param {ModelRoute} route */
function target(route) {
  return html`<span class="row"><code class="nowrap">${route.model}</code>${route.effort && html`<${Badge}>${route.effort}<//>`}${route.fast && html`<${Badge}>${words.fast}<//>`}
    ${route.upstream === 'kilo' && html`<${Pill} kind="accent" dot=${false}>${words.kilo}<//>`}${route.upstream === 'anthropic' && html`<${Pill} kind="accent" dot=${false}>${words.anthropic}<//>`}${!route.known && html`<${Pill} kind="warn">${words.unknown}<//>`}</span>`;
}

/** @param {{ models: import('../lib/feed').Polled<ModelMappingsReply> }} properties */
function Mappings({ models }) {
  const { mappings, resolved } = models.data.value;
  const rows = Object.entries(mappings).map(([name, to]) => ({ name, to, ...resolved[name] }));
  const set = async (name, to) => { models.data.value = await post('/settings/models', { set: { [name]: to } }); };
  const columns = [
    { title: words.name, cell: row => html`<code class="nowrap">${row.name}</code>` },
    { title: words.target, cell: row => html`<code class="nowrap">${row.to}</code>` },
    { title: words.model, cell: row => (row.model ? target(row) : null) },
    { title: words.why, class: 'why', cell: row => html`<span class="muted">${row.why}</span>` },
    { title: html`<span class="unseen">${texts.actions.remove}</span>`, num: true,
      cell: row => html`<${IconButton} icon="trash" name=${words.remove(row.name)} onclick=${() => attempt(() => set(row.name, null), words.removed(row.name))} />` },
  ];
  return html`<div class="stack">
    <h3>${words.mappings}</h3>
    <p class="muted">${words.mappingsText}</p>
    ${rows.length > 0 && html`<${DataTable} name=${words.mappings} id=${row => row.name} rows=${rows} columns=${columns} />`}
    <${AddMapping} set=${set} />
  </div>`;
}

/** The ids of the models, to choose from while typing. */
export function ModelList({ id }) {
  const known = useRunning(() => {
    const ids = signal([]);
    const start = () => { get('/v1/models').then(answer => { ids.value = answer.data.map(model => model.id); }, () => { /* then they are typed */ }); };
    return { ids, start };
  });
  return html`<datalist id=${id}>${known.ids.value.map(model => html`<option key=${model} value=${model} />`)}</datalist>`;
}

function AddMapping({ set }) {
  const error = useSignal(null);
  const list = useUid('models');
  const name = useRef(null);
  const to = useRef(null);
  const add = async event => {
    event.preventDefault();
    const [from, target] = [name.current.value.trim(), to.current.value.trim()];
    if (!from || !target) { error.value = words.incomplete; (from ? to : name).current.focus(); return; }
    try {
      await set(from, target);
      error.value = null;
      name.current.value = to.current.value = '';
      name.current.focus();
    } catch (e) { error.value = e.message; }
  };
  const input = {
    class: 'input mono', spellcheck: false, autocomplete: 'off', maxlength: 200, 'aria-invalid': error.value ? 'true' : null, 'aria-describedby': `${list}-problem`,
  };
  return html`<form class="mapping-form" onsubmit=${add}>
    <${Field} label=${words.name}>${id => html`<input ...${input} id=${id} ref=${name} placeholder=${words.nameExample} />`}<//>
    <span class="between"><${Icon} name="arrow" /></span>
    <${Field} label=${words.target}>${id => html`<input ...${input} id=${id} ref=${to} list=${list} placeholder=${words.targetExample} />`}<//>
    <${Button} icon="plus" type="submit">${words.add}<//>
    <span class="error" id="${list}-problem" role="alert">${error.value}</span>
    <${ModelList} id=${list} />
  </form>`;
}

/** settings: GET /api/settings, polled. */
export const EffortCard = ({ settings: polled }) => html`<${Card} title=${words.effort}><${Loaded} of=${polled}>${(/** @type {SettingsReply} */ { keys, settings }) => {
  const key = keys.find(each => each.name === 'defaultEffort');
  if (!key) return html`<p class="muted">${texts.unavailable.text}</p>`;
  const choose = value => attempt(async () => { polled.data.value = await patch('/api/settings', { defaultEffort: value === '' ? null : value }); }, words.effortSaved);
  return html`<div class="stack">
    <p class="muted">${words.effortText}</p>
    <${Segments} name=${words.effort} value=${settings.defaultEffort ?? ''} options=${[['', words.effortDefault], ...key.values.map(value => [value, value])]} onchange=${choose} />
  </div>`;
}}<//><//>`;

/** onchange: what the lanes stand for has changed with it. */
export function KiloCard({ onchange }) {
  const kilo = usePoll('/settings/kilo-models');
  const group = useUid('kilo');
  const current = kilo.data.value?.current ?? null;
  const choose = async id => {
    await attempt(() => post('/settings/haiku-model', { haikuKiloModel: id }), id ? words.kiloChosen(id) : words.kiloStopped);
    await Promise.all([kilo.reload(), onchange()]);
  };
  const option = (id, name, about) => html`<label class="option" key=${id ?? ''}>
    <input type="radio" name=${group} value=${id ?? ''} checked=${current === id} onchange=${() => choose(id)} />
    <span><span class="strong">${name}</span><span class="small muted">${about}</span></span>
  </label>`;
  return html`<${Card} title=${words.kiloTitle} actions=${kilo.data.value && html`<${Pill} kind=${current ? 'accent' : ''}>${current ? words.kiloOn : words.kiloOff}<//>`}>
    <${Loaded} of=${kilo}>${(/** @type {KiloModelsReply} */ { models }) => html`<div class="stack">
      <p class="muted">${words.kiloText}</p>
      <${Note} kind="warn">${words.kiloPrivacy}<//>
      <fieldset class="stack tight options"><legend class="unseen">${words.kiloTitle}</legend>
        ${option(null, words.kiloNone, words.kiloNoneText)}
        ${models.map(model => option(model.id, nameOf(model), [words.context(short(model.context_length)), model.supportsTools ? null : words.noTools].filter(Boolean).join(' · ')))}
      </fieldset>
    </div>`}<//>
  <//>`;
}

/** As in the original: without the word that all of them carry. */
const nameOf = ({ id, name }) => (id === 'kilo-auto/free' ? words.kiloAuto : name.replace(/\s*\(free\)/i, ''));

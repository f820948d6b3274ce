// All filters as fields: each offers what the last days had.
import { html, signal, useRunning, useSignal } from '../lib/ui.js';
import { get } from '../lib/api.js';
import { short } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { keyName } from '../lib/key-names.js';
import { accountName, pool } from '../lib/program.js';
import { param } from '../lib/router.js';
import { texts } from '../texts.js';
import { Field, Select } from '../components/parts.js';
import { change, RANGE_NAMES } from './requests-filters.js';

/** @import { GroupSums } from '../lib/answers' */

const all = texts.requests;
const words = all.choose;
const SIDES = ['none', 'any', 'title', 'classifier', 'check', 'advisor'];
const PATHS = ['/v1/messages', '/v1/messages/count_tokens', '/v1/chat/completions', '/v1/responses', '/v1/responses/compact', '/v1/alpha/search'];

/** The filters that offer what there was: what the statistics call it, and how a value is shown. */
const FIELDS = [
  { filter: 'account', by: 'account', unknown: 'account', show: accountName },
  { filter: 'requestedModel', by: 'requestedModel', unknown: 'requestedModel' },
  { filter: 'upstreamModel', by: 'model', unknown: 'model' },
  { filter: 'client', by: 'client', unknown: 'client' },
  { filter: 'project', by: 'project', unknown: 'project', show: value => who(value, 'project') },
  { filter: 'errorType', by: 'errorType', show: value => all.errors[value] ?? value },
  { filter: 'key', by: 'key', show: value => keyName(value) },
  { filter: 'session', by: 'session', unknown: 'session', show: value => who(value, 'session') },
];
const MOST = 100;

/** Stands for what is not known; no name is that. */
const NOT_KNOWN = '\u0000';

/** rows: those that are shown; their conversations can be chosen. */
export function FilterPanel({ id, rows }) {
  const known = useRunning(groups);
  return html`<section class="card filter-panel" id=${id} aria-label=${words.title}>
    <div class="filter-fields">
      <${Period} />
      ${FIELDS.map(field => html`<${Choice} key=${field.filter} of=${field} groups=${known[field.by].value} />`)}
      <${Fixed} filter="side" options=${SIDES.map(side => [side, all.sides[side]])} />
      <${Fixed} filter="path" options=${PATHS.map(path => [path, path])} />
      <${Fixed} filter="conversation" options=${[...new Set((rows ?? []).map(row => row.conversation).filter(Boolean))].map(value => [value, who(value, 'conversation')])} />
    </div>
    <p class="small muted">${words.hint}</p>
  </section>`;
}

/** One signal for each field, with the groups of the last 30 days. */
function groups() {
  const found = Object.fromEntries(FIELDS.map(({ by }) => [by, signal(/** @type {GroupSums[]} */ ([]))]));
  const abort = new AbortController();
  const start = () => {
    for (const { by } of FIELDS) {
      // Without them what is chosen already is still there.
      get(`/api/stats?range=30d&by=${by}`, { signal: abort.signal }).then(answer => { found[by].value = answer.groups.slice(0, MOST); }, () => {});
    }
    return () => abort.abort();
  };
  return { ...found, start };
}

function Choice({ of: { filter, unknown, show = value => value }, groups: found }) {
  const current = unknown && param('unknown') === unknown ? NOT_KNOWN : param(filter);
  const options = found.filter(group => group.key !== null).map(group => [group.key, words.counted(show(group.key), short(group.requests))]);
  if (filter === 'account') for (const { id } of pool.data.value?.accounts ?? []) if (!options.some(([key]) => key === id)) options.push([id, show(id)]);
  if (current && current !== NOT_KNOWN && !options.some(([key]) => key === current)) options.push([current, show(current)]);
  if (unknown && (current === NOT_KNOWN || found.some(group => group.key === null))) options.push([NOT_KNOWN, words.unknown]);
  const choose = value => {
    const others = param('unknown') === unknown ? { unknown: null } : {};
    change(value === NOT_KNOWN ? { [filter]: null, unknown } : { ...others, [filter]: value || null });
  };
  return html`<${Field} label=${all.filters[filter]}>${id => html`<${Select} id=${id} value=${current} options=${[['', words.any], ...options]} onchange=${choose} />`}<//>`;
}

const Fixed = ({ filter, options }) => html`<${Field} label=${all.filters[filter]}>${id => html`<${Select} id=${id} value=${param(filter)} options=${[['', words.any], ...options]}
  onchange=${value => change({ [filter]: value || null })} />`}<//>`;

const CUSTOM = 'custom';

function Period() {
  const isCustom = useSignal(false);
  const isSet = !!(param('from') || param('to'));
  const value = isSet || isCustom.value ? CUSTOM : param('range');
  const choose = chosen => {
    isCustom.value = chosen === CUSTOM;
    change(chosen === CUSTOM ? { range: null } : { range: chosen || null, from: null, to: null });
  };
  return html`
    <${Field} label=${all.filters.range}>${id => html`<${Select} id=${id} value=${value} onchange=${choose}
      options=${[['', words.anyTime], ...RANGE_NAMES.map(name => [name, words.ranges[name]]), [CUSTOM, words.custom]]} />`}<//>
    ${value === CUSTOM && html`<${Moment} key="from" filter="from" /><${Moment} key="to" filter="to" />`}`;
}

const Moment = ({ filter }) => html`<${Field} label=${all.filters[filter]}>${id => html`<input class="input" id=${id} type="datetime-local" value=${local(param(filter))}
  onchange=${event => change({ range: null, [filter]: event.currentTarget.value ? new Date(event.currentTarget.value).toISOString() : null })} />`}<//>`;

/** 2026-11-30T14:05, in the time of this machine, as the field wants it. */
function local(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

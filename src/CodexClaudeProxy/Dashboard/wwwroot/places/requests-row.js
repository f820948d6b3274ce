// One request as a row: which columns there are and what stands in them.
import { h } from '../lib/dom.js';
import { now } from '../lib/clock.js';
import { DASH, ms, parse, percent, short, span, time, when } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { texts } from '../texts.js';
import { pill } from '../components/parts.js';

const words = texts.requests;

const isToday = iso => new Date(iso).toDateString() === new Date().toDateString();

const COLUMNS = {
  received: { title: words.columns.received, open: true, cell: row => h('span', { class: 'nowrap' }, isToday(row.received) ? time(row.received) : when(row.received)) },
  model: { title: words.columns.model, cell: model },
  client: { title: words.columns.client, cell: row => h('span', { class: 'clip muted', title: row.userAgent }, row.client ?? DASH) },
  project: { title: words.columns.project, cell: row => h('span', { class: 'clip' }, row.project ? who(row.project, 'project') : DASH) },
  account: { title: words.columns.account, cell: row => h('span', { class: 'clip' }, servedBy(row)) },
  state: { title: words.columns.state, cell: outcome },
  input: { title: words.columns.input, num: true, cell: input },
  output: { title: words.columns.output, num: true, cell: row => short(row.tokens?.output) },
  first: { title: words.columns.first, num: true, cell: row => ms(row.firstTokenMs) },
  total: { title: words.columns.total, num: true, cell: row => (row.running ? h('span', { class: 'muted' }, () => span(now() - parse(row.received))) : ms(row.totalMs)) },
};

/** Long names share what the numbers leave, and are cut. */
const FLUID = new Set(['model', 'client', 'project', 'account']);

export const columns = names => names.map(name => ({ ...COLUMNS[name], class: `column-${name}${FLUID.has(name) ? ' fluid' : ''}` }));

export const openName = row => words.open(time(row.received), row.requestedModel ?? row.path);

export const servedBy = row => (row.accountLabel || row.account ? who(row.accountLabel ?? row.account) : DASH);

/** Cached share of the input in percent, or null. */
export function cacheShare(tokens) {
  const all = inputTokens(tokens);
  return all ? (100 * tokens.cached) / all : null;
}

export const inputTokens = tokens => (tokens ? tokens.fresh + tokens.cached + (tokens.written ?? 0) : null);

function model(row) {
  if (!row.requestedModel && !row.upstreamModel) return h('span', { class: 'muted' }, row.path);
  const other = row.upstreamModel && row.upstreamModel !== row.requestedModel;
  return h('span', { class: 'double' },
    h('span', { class: 'clip' }, row.requestedModel ?? row.upstreamModel),
    row.sideCall && h('span', { class: 'clip small muted' }, words.sides[row.sideCall] ?? row.sideCall),
    other && h('span', { class: 'clip small muted' }, `${row.upstreamModel}${row.effort ? ` · ${row.effort}` : ''}`));
}

export function outcome(row) {
  if (row.running) return pill(words.outcomes.running, 'accent', { live: true });
  if (row.outcome === 'ok') return pill(words.outcomes.ok, 'ok');
  if (row.outcome === 'left') return pill(words.outcomes.left, '');
  return h('span', { title: () => prose(row.errorMessage) }, pill(row.status >= 400 ? `${row.status} ${words.errors[row.errorType] ?? row.errorType ?? words.outcomes.failed}` : words.errors[row.errorType] ?? words.outcomes.failed, 'bad'));
}

function input({ tokens }) {
  if (!tokens) return DASH;
  return h('span', { class: 'double' }, `${tokens.estimated ? '~' : ''}${short(inputTokens(tokens))}`,
    tokens.cached > 0 && h('span', { class: 'small muted' }, words.cached(percent(Math.round(cacheShare(tokens))))));
}

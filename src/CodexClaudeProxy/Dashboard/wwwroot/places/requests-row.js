// One request as a row: which columns there are and what stands in them.
import { html } from '../lib/ui.js';
import { now } from '../lib/clock.js';
import { DASH, moment, ms, parse, percent, short, span, time, when } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { accountName } from '../lib/program.js';
import { texts } from '../texts.js';
import { Pill } from '../components/parts.js';

/** @import { RequestRow, RequestTokens } from '../lib/answers' */

const words = texts.requests;

const isToday = iso => new Date(iso).toDateString() === new Date().toDateString();

const shortly = iso => (isToday(iso) ? time(iso) : when(iso));

export const Received = ({ of: { received } }) => html`<span class="nowrap" title=${moment(received)}>${shortly(received)}</span>`;

const clip = text => html`<span class="clip">${text}</span>`;

/**
 * A request that runs is in the list too, as far as it is known.
 * @typedef {RequestRow & { running?: boolean }} Row
 * @type {Record<string, { title: string, num?: boolean, open?: boolean, cell: (row: Row) => any }>}
 */
const COLUMNS = {
  received: { title: words.columns.received, open: true, cell: row => html`<${Received} of=${row} />` },
  model: { title: words.columns.model, cell: model },
  client: { title: words.columns.client, cell: row => html`<span class="clip muted" title=${row.userAgent}>${row.client ?? DASH}</span>` },
  project: { title: words.columns.project, cell: row => clip(row.project ? who(row.project, 'project') : DASH) },
  account: { title: words.columns.account, cell: row => clip(servedBy(row)) },
  state: { title: words.columns.state, cell: row => html`<${Outcome} of=${row} />` },
  input: { title: words.columns.input, num: true, cell: input },
  output: { title: words.columns.output, num: true, cell: row => short(row.tokens?.output) },
  first: { title: words.columns.first, num: true, cell: row => ms(row.firstTokenMs) },
  total: { title: words.columns.total, num: true, cell: row => (row.running ? html`<${Running} since=${row.received} />` : ms(row.totalMs)) },
};

/** Long names share what the numbers leave, and are cut. */
const FLUID = new Set(['model', 'client', 'project', 'account']);

/** Made once for each table: see DataTable. */
export const columns = names => names.map(name => ({ ...COLUMNS[name], class: `column-${name}${FLUID.has(name) ? ' fluid' : ''}` }));

export const openName = row => words.open(shortly(row.received), row.requestedModel ?? row.path);

/** By the name it has everywhere; of an account that is gone what was kept of it, never its whole id. */
export const servedBy = (/** @type {Pick<RequestRow, 'account' | 'accountLabel'>} */ row) => (row.account ? accountName(row.account, row.accountLabel) : DASH);

/**
 * Cached share of the input in percent, or null.
 * @param {RequestTokens} tokens
 */
export function cacheShare(tokens) {
  const all = inputTokens(tokens);
  return all ? (100 * tokens.cached) / all : null;
}

export const inputTokens = (/** @type {RequestTokens} */ tokens) => (tokens ? tokens.fresh + tokens.cached + (tokens.written ?? 0) : null);

/** @param {Row} row */
function model(row) {
  if (!row.requestedModel && !row.upstreamModel) return html`<span class="muted">${row.path}</span>`;
  const other = row.upstreamModel && row.upstreamModel !== row.requestedModel;
  return html`<span class="double">
    <span class="clip">${row.requestedModel ?? row.upstreamModel}</span>
    ${row.sideCall && html`<span class="clip small muted">${words.sides[row.sideCall] ?? row.sideCall}</span>`}
    ${other && html`<span class="clip small muted">${row.upstreamModel}${row.effort ? ` · ${row.effort}` : ''}</span>`}
  </span>`;
}

/** @param {{ of: Row }} properties */
export function Outcome({ of: row }) {
  if (row.running) return html`<${Pill} kind="accent" live>${words.outcomes.running}<//>`;
  if (row.outcome === 'ok') return html`<${Pill} kind="ok">${words.outcomes.ok}<//>`;
  if (row.outcome === 'left') return html`<${Pill}>${words.outcomes.left}<//>`;
  const why = row.status >= 400 ? `${row.status} ${words.errors[row.errorType] ?? row.errorType ?? words.outcomes.failed}` : words.errors[row.errorType] ?? words.outcomes.failed;
  return html`<span title=${prose(row.errorMessage)}><${Pill} kind="bad">${why}<//></span>`;
}

export const Running = ({ since }) => html`<span class="muted">${span(now.value - parse(since))}</span>`;

/** @param {Row} row */
function input({ tokens }) {
  if (!tokens) return DASH;
  return html`<span class="double">${tokens.estimated ? '~' : ''}${short(inputTokens(tokens))}${tokens.cached > 0
    && html`<span class="small muted">${words.cached(percent(Math.round(cacheShare(tokens))))}</span>`}</span>`;
}

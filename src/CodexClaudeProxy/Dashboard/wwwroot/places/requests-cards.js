// The requests on a phone: a card each, because a table with ten columns would lie outside of the screen.
import { html, memo, useMemo, useRef } from '../lib/ui.js';
import { DASH, ms, percent, short } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { texts } from '../texts.js';
import { cacheShare, inputTokens, openName, Outcome, Received, Running, servedBy } from './requests-row.js';

/** @import { Row } from './requests-row' */

const words = texts.requests;

/** As DataTable: open (row) is called when one is chosen, selected is the id of the one that is open, isNew (row) marks one that has just arrived. */
export function RequestCards({ rows, open, selected, isNew }) {
  const list = useRef({});
  Object.assign(list.current, { open, isNew });
  return html`<ul class="request-cards" aria-label=${words.title}>${rows.map(row => html`<${Card} key=${row.id} row=${row} list=${list.current} isSelected=${selected === row.id} />`)}</ul>`;
}

const Card = memo((/** @type {{ row: Row, list: any, isSelected: boolean }} */ { row, list, isSelected }) => {
  const isFresh = useMemo(() => list.isNew(row), []);
  const choose = event => { if (!event.target.closest('a, button') && !getSelection().toString()) list.open(row); };
  const names = [servedBy(row), row.project && who(row.project, 'project'), row.client].filter(name => name && name !== DASH);
  return html`<li class=${isFresh ? 'request-card arriving' : 'request-card'} data-open=${isSelected ? '' : null} onclick=${choose}>
    <div class="row"><button type="button" class="open" aria-label=${openName(row)} onclick=${() => list.open(row)}><${Received} of=${row} /></button><span class="push column-state"><${Outcome} of=${row} /></span></div>
    <p class="cut strong">${row.requestedModel ?? row.upstreamModel ?? row.path}</p>
    ${about(row) && html`<p class="cut small muted">${about(row)}</p>`}
    ${names.length > 0 && html`<p class="cut small muted">${names.join(' · ')}</p>`}
    <dl class="card-figures">${figures(row).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </li>`;
}, (before, now) => before.row === now.row && before.isSelected === now.isSelected);

/** Where it went, as far as that differs, and what it was for. */
function about(row) {
  const used = row.upstreamModel && row.upstreamModel !== row.requestedModel && row.requestedModel ? row.upstreamModel : null;
  return [used, row.effort, row.sideCall && (words.sides[row.sideCall] ?? row.sideCall)].filter(Boolean).join(' · ');
}

const wholeShare = tokens => (tokens && cacheShare(tokens) !== null ? Math.round(cacheShare(tokens)) : null);

const figures = (/** @type {Row} */ row) => [
  [words.columns.input, row.tokens ? `${row.tokens.estimated ? '~' : ''}${short(inputTokens(row.tokens))}` : DASH],
  [words.columns.cached, percent(wholeShare(row.tokens))],
  [words.columns.output, short(row.tokens?.output)],
  [words.columns.total, row.running ? html`<${Running} since=${row.received} />` : ms(row.totalMs)],
];

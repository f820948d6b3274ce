// All turns of a session or conversation: how its context grew, what the prompt cache held, who served, and what it would cost.
import { html, useEffect, useMemo, useRef, useSignal } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { DASH, moment, ms, number, parse, percent, rate, short, span, usd, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { narrow } from '../lib/media.js';
import { href, param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Growth } from '../components/growth.js';
import { Button, Card, CopyButton, Empty, Loaded, Note, Pill } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { Outcome, Received, servedBy } from './requests-row.js';
import { annotate, marksOf } from './requests-turns.js';

/** @import { ConversationAnswer, Sums } from '../lib/answers' */
/** @import { Turn } from './requests-turns' */

const all = texts.requests;
const words = all.session;
const PAGE = 100;
/** Marks that are worth attention; the others only tell. */
const KINDS = { failed: 'bad', failover: 'warn', moved: 'warn', lost: 'warn', shortened: '' };

const open = turn => setParams({ id: turn.id });

/** kind: 'session' or 'conversation'; id as the requests carry it; isFirst: the page has just been opened here. */
export function SessionView({ kind, id, isFirst }) {
  const heading = useRef(null);
  // Whoever comes from the list is taken to the beginning, after the drawer has given the focus back.
  useEffect(() => {
    if (isFirst) return;
    heading.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  const polled = usePoll(`/api/conversation?${kind}=${encodeURIComponent(id)}`, 15_000);
  return html`<div class="stack">
    <div class="row wrap session-head">
      <a class="button quiet small" href=${href('requests')}><span class="back"><${Icon} name="arrow" size=${14} /></span>${words.back}</a>
      <h2 class="row" tabindex="-1" ref=${heading}><span>${kind === 'session' ? words.title : words.conversation}</span><span class="mono small muted cut">${who(id, kind)}</span></h2><${CopyButton} text=${id} name=${words.copy} />
      <a class="button small push" href=${href('requests', { [kind]: id, view: 'list' })}>${words.list}</a>
    </div>
    <${Loaded} of=${polled} lines=${8}>${(/** @type {ConversationAnswer} */ data) => html`<${Session} data=${data} />`}<//>
  </div>`;
}

/** @param {{ data: ConversationAnswer }} properties */
function Session({ data }) {
  const turns = useMemo(() => annotate(data.turns), [data]);
  if (turns.length === 0) return html`<div class="card"><${Empty} icon="requests" title=${words.none} text=${words.noneText} /></div>`;
  return html`<div class="stack">
    <div class="card"><div class="body stack session">
      <p class="muted">${[data.project && who(data.project, 'project'), data.client, words.figures.since(moment(turns[0].received))].filter(Boolean).join(' · ')}</p>
      <dl class="figures">${figures(data, turns)}</dl>
      <${Context} turns=${turns} />
      <${Incidents} turns=${turns} />
    </div></div>
    ${data.truncated && html`<${Note}>${words.truncated(number(turns.length))}<//>`}
    <${Turns} turns=${turns} />
  </div>`;
}

/**
 * @param {ConversationAnswer} data
 * @param {Turn[]} turns
 */
function figures({ totals }, turns) {
  const own = turns.filter(turn => turn.inputTokens !== null && !turn.sideCall);
  // A subagent has a context of its own; a conversation may be all its.
  const last = own.findLast(turn => !turn.agent) ?? own.at(-1);
  const input = totals.fresh + totals.cached + totals.written;
  const end = Math.max(...turns.map(turn => parse(turn.received) + turn.totalMs));
  const { usd: cost, unpricedTokens } = totals.cost;
  return [
    [words.figures.turns, number(totals.requests), totals.failed ? words.figures.failed(totals.failed) : words.figures.allWell],
    [words.figures.context, short(last?.inputTokens), last?.contextWindow ? words.figures.ofWindow(share(last), short(last.contextWindow)) : null],
    [words.figures.cache, rate(totals.cacheHitRate), words.figures.cached(short(totals.cached), short(input))],
    [words.figures.output, short(totals.output)],
    [words.figures.cost, cost === null ? DASH : `≈ ${usd(cost)}`, unpricedTokens > 0 ? words.figures.unpriced(short(unpricedTokens)) : words.figures.estimate],
    [words.figures.time, span(end - parse(turns[0].received))],
  ].map(([name, value, extra]) => html`<div class="figure" key=${name}><dt>${name}</dt><dd><span class="value">${value}</span>${extra && html`<span class="small muted">${extra}</span>`}</dd></div>`);
}

/** How much of its model's window a turn used. */
const share = ({ inputTokens, contextWindow }) => (contextWindow ? percent(Math.round((100 * inputTokens) / contextWindow)) : null);

const cacheRate = (/** @type {Turn} */ { inputTokens, cachedTokens }) => (inputTokens ? percent(Math.round((100 * cachedTokens) / inputTokens)) : DASH);

/** @param {{ turns: Turn[] }} properties */
function Context({ turns }) {
  const bars = useMemo(() => turns.filter(turn => !turn.sideCall).map(turn => ({
    ...turn, input: turn.inputTokens, cached: turn.cachedTokens, window: turn.contextWindow, mark: marksOf(turn).filter(mark => KINDS[mark]).map(mark => sentence(mark, turn)).join(' ') || null, bad: turn.outcome === 'failed',
  })), [turns]);
  const largest = bars.reduce((most, turn) => ((turn.input ?? 0) > (most.input ?? 0) ? turn : most), bars[0]);
  if (!largest?.input) return null;
  const read = turn => [words.chart.turn(turn.number, when(turn.received)), turn.input === null ? null : words.chart.context(number(turn.input), share(turn)), turn.input ? words.chart.cache(cacheRate(turn)) : null,
    ...marksOf(turn).map(mark => words.marks[mark])].filter(Boolean).join(' · ');
  return html`<div class="stack tight">
    <div class="row wrap legend"><h3>${words.chart.name}</h3><span class="row push">
      <span class="row key"><i data-part="cached"></i>${words.chart.cached}</span><span class="row key"><i data-part="fresh"></i>${words.chart.fresh}</span>
      ${bars.some(turn => turn.window) && html`<span class="row key"><i data-part="limit"></i>${words.chart.window}</span>`}</span></div>
    <${Growth} turns=${bars} name=${words.chart.summary(number(bars.length), number(largest.input), share(largest))} read=${read} hint=${words.chart.open} onopen=${open} />
  </div>`;
}

/** What went otherwise, added up. @param {{ turns: Turn[] }} properties */
function Incidents({ turns }) {
  const marks = turns.map(turn => marksOf(turn));
  const count = name => marks.filter(each => each.includes(name)).length;
  const lost = turns.filter(turn => turn.lost > 0);
  const sums = [
    count('failover') && words.sums.failover(count('failover')), count('moved') && words.sums.moved(count('moved')),
    lost.length && words.sums.lost(lost.length, short(lost.reduce((sum, turn) => sum + turn.lost, 0))), count('shortened') && words.sums.shortened(count('shortened')),
  ].filter(Boolean);
  return sums.length > 0 && html`<p class="muted">${sums.join(' · ')}</p>`;
}

/**
 * @param {string} mark
 * @param {Turn} turn
 */
function sentence(mark, turn) {
  if (mark === 'lost') return turn.pause ? words.explain.lostAfter(number(turn.lost), span(turn.pause)) : words.explain.lost(number(turn.lost));
  if (mark === 'shortened') return words.explain.shortened(number(turn.shortenedFrom), number(turn.inputTokens));
  return words.explain[mark];
}

const Marks = ({ of: turn, without = [] }) => marksOf(turn).filter(mark => !without.includes(mark)).map(mark => html`<span key=${mark} title=${sentence(mark, turn)}><${Mark} mark=${mark} /></span>`);

const Mark = ({ mark }) => html`<${Pill} kind=${KINDS[mark]} dot=${false}>${words.marks[mark]}<//>`;

const model = (/** @type {Turn} */ turn) => html`<span class="double"><span class="clip">${turn.upstreamModel ?? turn.requestedModel ?? DASH}</span>
  ${about(turn) && html`<span class="clip small muted">${about(turn)}</span>`}</span>`;

const about = (/** @type {Turn} */ turn) => (turn.sideCall ? all.sides[turn.sideCall] ?? turn.sideCall : turn.agent ? words.agent(turn.agent) : null);

const account = (/** @type {Turn} */ turn) => html`<span class="double"><span class="clip">${servedBy(turn)}</span>
  ${(turn.failover || turn.moved) && html`<span class="row"><${Marks} of=${turn} without=${['failed', 'lost', 'shortened']} /></span>`}</span>`;

const context = (/** @type {Turn} */ turn) => html`<span class="double">${short(turn.inputTokens)}${turn.inputTokens !== null && share(turn) && html`<span class="small muted">${share(turn)}</span>`}</span>`;

const cache = (/** @type {Turn} */ turn) => html`<span class="double">${cacheRate(turn)}${(turn.lost > 0 || turn.shortenedFrom > 0) && html`<span class="row"><${Marks} of=${turn} without=${['failed', 'failover', 'moved']} /></span>`}</span>`;

/** @type {Array<{ title: string, num?: boolean, open?: boolean, class?: string, cell: (turn: Turn) => any }>} */
const COLUMNS = [
  { title: words.columns.turn, num: true, open: true, cell: turn => number(turn.number) },
  { title: words.columns.received, cell: turn => html`<${Received} of=${turn} />` },
  { title: words.columns.result, class: 'column-state', cell: turn => html`<${Outcome} of=${turn} />` },
  { title: words.columns.model, class: 'column-model fluid', cell: model },
  { title: words.columns.account, class: 'column-account fluid', cell: account },
  { title: words.columns.context, num: true, cell: context },
  { title: words.columns.cache, num: true, cell: cache },
  { title: words.columns.output, num: true, cell: turn => short(turn.outputTokens) },
  { title: words.columns.cost, num: true, cell: turn => usd(turn.usd) },
  { title: words.columns.total, num: true, cell: turn => ms(turn.totalMs) },
];

const openName = turn => words.openTurn(turn.number, turn.upstreamModel ?? turn.requestedModel ?? DASH);

/** The newest first, as in the list of requests. @param {{ turns: Turn[] }} properties */
function Turns({ turns }) {
  const shown = useSignal(PAGE);
  const rows = turns.slice(-shown.value).reverse();
  return html`<${Card} flush class="turns">
    ${narrow.value ? html`<${TurnCards} rows=${rows} />` : html`<${DataTable} name=${words.figures.turns} columns=${COLUMNS} rows=${rows} open=${open} openName=${openName} selected=${param('id')} />`}
    ${turns.length > shown.value && html`<div class="more"><${Button} onclick=${() => { shown.value += PAGE; }}>${texts.actions.more}<//></div>`}
  <//>`;
}

/** @param {{ rows: Turn[] }} properties */
const TurnCards = ({ rows }) => html`<ul class="request-cards" aria-label=${words.figures.turns}>${rows.map(turn => html`<li key=${turn.id} class="request-card" data-open=${param('id') === turn.id ? '' : null}
  onclick=${event => { if (!event.target.closest('button')) open(turn); }}>
  <div class="row"><button type="button" class="open" aria-label=${openName(turn)} onclick=${() => open(turn)}>${words.columns.turn} ${number(turn.number)}</button><span class="muted"><${Received} of=${turn} /></span><span class="push column-state"><${Outcome} of=${turn} /></span></div>
  <p class="cut small muted">${[turn.upstreamModel ?? turn.requestedModel, servedBy(turn), about(turn)].filter(Boolean).join(' · ')}</p>
  ${marksOf(turn).some(mark => mark !== 'failed') && html`<div class="row wrap"><${Marks} of=${turn} without=${['failed']} /></div>`}
  <dl class="card-figures">${[[words.columns.context, short(turn.inputTokens)], [words.columns.cache, cacheRate(turn)], [words.columns.output, short(turn.outputTokens)], [words.columns.cost, usd(turn.usd)]]
    .map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</li>`)}</ul>`;

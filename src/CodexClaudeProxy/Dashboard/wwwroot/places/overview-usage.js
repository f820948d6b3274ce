// Tokens over time, and the few numbers that tell how it went.
import { html, useMemo, useSignal, useSignalEffect } from '../lib/ui.js';
import { usePoll, useThrottled } from '../lib/feed.js';
import { DASH, ms, number, rate, short, when } from '../lib/format.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, Empty, Loaded, Segments } from '../components/parts.js';
import { TimeChart } from '../components/chart.js';

const words = texts.overview.usage;
const RANGES = ['1h', '24h', '7d', '30d'];
const PARTS = ['fresh', 'cached', 'output'];
const COLOURS = PARTS.map(part => `--${part}`);

const chosen = () => (RANGES.includes(param('range')) ? param('range') : '24h');

export function UsageCard({ finished }) {
  const stats = usePoll(() => `/api/stats?range=${chosen()}&by=none`, 60_000);
  const follow = useThrottled(stats.reload, 1500);
  useSignalEffect(() => { if (finished.value > 0) follow(); });
  return html`<${Card} title=${words.title} actions=${html`<div class="push"><${Segments} name=${words.range} options=${RANGES.map(id => [id, words.ranges[id]])} value=${chosen()}
    onchange=${id => setParams({ range: id === '24h' ? null : id }, { replace: true })} /></div>`}>
    <${Loaded} of=${stats} lines=${6}>${data => html`<${Usage} data=${data} />`}<//>
  <//>`;
}

function Usage({ data }) {
  const asTable = useSignal(false);
  const hover = useSignal(null);
  const chart = useMemo(() => chartData(data), [data]);
  const pointed = data.series[hover.value];
  return html`<div class="stack wide">
    <dl class="figures">${figures(data)}</dl>
    ${data.totals.requests === 0 ? html`<${Empty} icon="overview" title=${words.none} text=${words.noneText} />` : html`
      <div class="row wrap legend">
        ${PARTS.map(part => html`<span key=${part} class="row key"><i data-part=${part}></i>${words.parts[part]}<span class="strong">${short((pointed ?? data.totals)[part])}</span></span>`)}
        <span key="failed" class="row key"><i data-part="failed"></i>${words.failed}<span class="strong">${failures(pointed ?? data.totals)}</span></span>
        <span key="as" class="row push"><span class="small muted" aria-hidden="true">${pointed ? when(pointed.at) : ''}</span>
          <button type="button" class="button small quiet" aria-pressed=${String(asTable.value)} onclick=${() => { asTable.value = !asTable.peek(); }}>${words.asTable}</button></span>
      </div>
      ${asTable.value ? html`<${Table} key="table" series=${data.series} />`
        : html`<${TimeChart} key="chart" data=${chart} colours=${COLOURS} rate="--bad" onhover=${index => { hover.value = index; }} />`}`}
  </div>`;
}

const figures = ({ totals, previous }) => [
  [words.tiles.requests, number(totals.requests), change(totals.requests, previous?.requests)],
  [words.tiles.failed, number(totals.failed), totals.requests ? rate(failureRate(totals)) : null],
  [words.tiles.cache, rate(totals.cacheHitRate), words.tiles.cacheNote],
  [words.tiles.output, short(totals.output), change(totals.output, previous?.output)],
  [words.tiles.first, ms(totals.firstTokenP50Ms), totals.firstTokenP95Ms === null ? null : words.tiles.p95(ms(totals.firstTokenP95Ms))],
].map(([name, value, extra]) => html`<div class="figure" key=${name}><dt>${name}</dt><dd><span class="value">${value}</span>${extra && html`<span class="small muted">${extra}</span>`}</dd></div>`);

const failureRate = ({ failed, requests }) => (requests ? failed / requests : 0);

/** 3 of 120 (2.5 %): a number alone does not tell whether that is much. */
const failures = point => (point.failed ? words.failedOf(short(point.failed), short(point.requests), rate(failureRate(point))) : number(point.failed));

function change(value, before) {
  if (!before || value === null || value === undefined) return null;
  const percent = Math.round(100 * (value / before - 1));
  return words.tiles.change(percent > 0 ? `+${percent}` : String(percent));
}

const chartData = ({ series }) => ({
  times: series.map(point => Date.parse(point.at) / 1000),
  parts: PARTS.map(part => series.map(point => point[part])),
  rates: series.map(failureRate),
});

const HEADS = [...PARTS.map(part => words.parts[part]), words.tiles.requests, words.failed, words.failureRate];

const Table = ({ series }) => html`<div class="scroll tall" tabindex="0" role="group" aria-label=${words.title}>
  <table class="table">
    <caption class="unseen">${words.title}</caption>
    <thead><tr><th scope="col">${words.time}</th>${HEADS.map(text => html`<th scope="col" class="num">${text}</th>`)}</tr></thead>
    <tbody>${series.filter(point => point.requests > 0).reverse().map(point => html`<tr key=${point.at}>
      <th scope="row">${when(point.at)}</th>${[...PARTS, 'requests', 'failed'].map(part => html`<td class="num">${point[part] === null ? DASH : number(point[part])}</td>`)}
      <td class="num">${rate(failureRate(point))}</td></tr>`)}</tbody>
  </table>
</div>`;

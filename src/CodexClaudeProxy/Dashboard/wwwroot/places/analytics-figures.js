// What the time adds up to, measure by measure. Each figure is also the choice of what the rest of the place shows.
import { html } from '../lib/ui.js';
import { DASH, ms, number, parse, rate, short, usd } from '../lib/format.js';
import { condensed, failureRate, tokensOf } from '../lib/series.js';
import { texts } from '../texts.js';
import { Segments } from '../components/parts.js';
import { Sparkline } from '../components/sparkline.js';
import { MEASURES, setMeasure } from './analytics-query.js';

const words = texts.analytics;

/** @param {{ data: any, measure: string }} properties data: GET /api/stats, or null while it is on its way */
export const Figures = ({ data, measure }) => html`<${Segments} class="measures" name=${words.measure} value=${measure} onchange=${setMeasure}
  options=${MEASURES.map(id => [id, html`<${Figure} id=${id} data=${data} />`])} />`;

function Figure({ id, data }) {
  const { value, note, picture } = data ? FIGURES[id](data) : { value: DASH, note: '', picture: null };
  return html`<span class="small muted cut">${words.measures[id]}</span><span class="value cut">${value}</span><span class="small muted cut">${note}</span>
    ${picture ?? html`<span class="sparkline"></span>`}`;
}

const POINTS = 48;
const points = data => condensed(data.series, POINTS);

const FIGURES = {
  tokens: data => ({
    value: short(tokensOf(data.totals)), note: change(data, tokensOf),
    picture: html`<${Sparkline} values=${points(data).map(tokensOf)} />`,
  }),
  cost: data => ({
    value: data.totals.cost?.usd === null || data.totals.cost?.usd === undefined ? DASH : words.about(usd(data.totals.cost.usd)), note: data.pricesAsOf ? words.estimate : words.noPrices,
    picture: html`<${Sparkline} values=${condensed(data.series.map(point => ({ at: point.at, usd: point.cost?.usd })), POINTS).map(point => point.usd)} colour="--output" />`,
  }),
  requests: data => ({
    value: number(data.totals.requests), note: change(data, sums => sums.requests),
    picture: html`<${Sparkline} bars values=${points(data).map(point => point.requests)} colour="--cached" />`,
  }),
  failures: data => ({
    value: rate(failureRate(data.totals)), note: words.failedOf(number(data.totals.failed), number(data.totals.requests)),
    picture: html`<${Sparkline} bars most=${4} values=${points(data).map(point => point.failed)} colour="--bad" />`,
  }),
  latency: data => ({
    value: ms(data.totals.firstTokenP50Ms), note: words.latencies(ms(data.totals.firstTokenP95Ms)),
    picture: html`<${Sparkline} values=${data.series.map(point => point.firstTokenP50Ms)} colour="--series-5" />`,
  }),
};

/** Compared only with a time of which all is known: the rest of it would look like growth. */
function change(data, of) {
  const [from, to, since] = [data.from, data.to, data.since].map(parse);
  const value = of(data.totals);
  const before = data.previous && since <= from - (to - from) ? of(data.previous) : null;
  if (!before || value === null) return words.noTrend;
  const percent = Math.round(100 * (value / before - 1));
  return percent < 1000 ? words.trend(percent) : words.multiple(number(Math.round(value / before)));
}

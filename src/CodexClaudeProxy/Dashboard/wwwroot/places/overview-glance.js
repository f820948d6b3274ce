// The row of tiles: state and next account, the tightest quota, what today cost, how well the cache worked, what failed.
import { html, useComputed, useSignalEffect } from '../lib/ui.js';
import { calmNow, now } from '../lib/clock.js';
import { usePoll, useThrottled } from '../lib/feed.js';
import { day, DASH, number, parse, percent, rate, short, span, usd, when } from '../lib/format.js';
import { state } from '../lib/program.js';
import { href } from '../lib/router.js';
import { condensed, hitRateOf, pointsAbove, tokensOf } from '../lib/series.js';
import { texts } from '../texts.js';
import { Sparkline } from '../components/sparkline.js';
import { Hinted } from '../components/hint.js';
import { Tile } from '../components/tile.js';
import { isOwn } from '../components/windows.js';
import { kindOf } from './accounts-pool.js';
import { Equation } from './overview-cost.js';
import { StatusTile } from './overview-status.js';

const words = texts.overview.glance;
const EVERY = 60_000;
/** Figures follow the requests, but not each of them. */
const FOLLOW = 3000;

export function Glance({ forecast, finished }) {
  const midnight = useComputed(() => new Date(now.value).setHours(0, 0, 0, 0));
  const today = usePoll(() => `/api/stats?from=${encodeURIComponent(new Date(midnight.value).toISOString())}&by=none`, EVERY);
  const lately = usePoll('/api/stats?range=24h&by=errorType', EVERY);
  const follow = useThrottled(() => Promise.all([today.reload(), lately.reload()]), FOLLOW);
  useSignalEffect(() => { if (finished.value > 0) follow(); });
  const isAlone = state.value === 'empty';
  return html`<section class="glance" data-alone=${isAlone ? '' : null} aria-label=${words.name}>
    <${StatusTile} lately=${lately.data} />
    ${!isAlone && html`
      <${QuotaTile} forecast=${forecast.data} />
      <${CostTile} today=${today.data} />
      <${CacheTile} lately=${lately.data} />
      <${FailureTile} lately=${lately.data} />`}
  </section>`;
}

/** Of the plans' windows of all accounts together: the one that is empty first, else the one with the least remaining. */
export function tightest(windows) {
  const order = window => parse(window.runsDryAt) ?? Number.MAX_SAFE_INTEGER;
  return windows.filter(window => isOwn(window) && window.capacity > 0).sort((a, b) => order(a) - order(b) || b.usedPercent - a.usedPercent)[0] ?? null;
}

function QuotaTile({ forecast }) {
  const window = forecast.value && tightest(forecast.value.windows);
  const dry = parse(window?.runsDryAt);
  const name = window && (texts.window.names[window.name] ?? window.name);
  return html`<${Tile} title=${words.quota.title} to=${href('accounts')} value=${window ? html`${percent(Math.round(100 - window.usedPercent))} <span class="unit">${words.quota.remaining}</span>` : DASH}
    told=${!window ? words.quota.unknown : html`<p>${words.quota.of(name, window.capacity)}</p>
      <p class=${dry === null ? null : 'warn'}>${dry === null ? (window.usedPerHour === null ? words.quota.noPace : words.quota.lasts) : html`${words.quota.dry(when(window.runsDryAt))} <span class="nowrap">${texts.time.in(span(dry - calmNow.value))}</span>`}</p>`}
    picture=${html`<${Sparkline} values=${window ? evenly(window) : []} most=${1} colour=${COLOURS[window ? kindOf(window) : '']} />`} />`;
}

const COLOURS = { '': '--fresh', warn: '--warn', bad: '--bad' };
const STEPS = 24;

/** What remains in the time of the forecast, as parts of the capacity at equal distances. */
function evenly({ course, capacity }) {
  const points = course.map(point => ({ at: parse(point.at), used: point.used }));
  if (points.length < 2) return points.map(point => 1 - point.used / capacity);
  const [from, to] = [points[0].at, points.at(-1).at];
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const at = from + ((to - from) * i) / STEPS;
    const next = Math.max(1, points.findIndex(point => point.at >= at));
    const [a, b] = [points[next - 1], points[next]];
    const used = b.at === a.at ? b.used : a.used + (b.used - a.used) * ((at - a.at) / (b.at - a.at));
    return Math.max(0, 1 - used / capacity);
  });
}

function CostTile({ today }) {
  const data = today.value;
  const cost = data?.totals.cost;
  const tokens = data ? tokensOf(data.totals) : null;
  const isKnown = cost?.usd !== null && cost?.usd !== undefined;
  return html`<${Tile} title=${words.cost.title} to=${href('analytics', { measure: 'cost', from: data?.series[0]?.at })} value=${isKnown ? html`<${Costs} data=${data}>${words.cost.about(usd(cost.usd))}<//>` : DASH}
    told=${html`<p>${words.cost.tokens(short(tokens))}</p><p>${data?.pricesAsOf ? words.cost.estimate(day(data.pricesAsOf)) : words.cost.noPrices}</p>`}
    picture=${html`<${Sparkline} values=${data ? condensed(data.series).map(tokensOf) : []} colour="--output" />`} />`;
}

const Costs = ({ data, children }) => (data.costLines ? html`<${Hinted} hint=${() => html`<${Equation} data=${data} />`}>${children}<//>` : children);

function CacheTile({ lately }) {
  const data = lately.value;
  const trend = pointsAbove(data?.totals.cacheHitRate, data?.previous?.cacheHitRate);
  return html`<${Tile} title=${words.cache.title} to=${href('analytics', { range: '24h', by: 'none' })} value=${rate(data?.totals.cacheHitRate)}
    told=${html`<p>${words.cache.note}</p><p class=${trend > 0 ? 'ok' : trend < 0 ? 'warn' : null}>${trend === null ? words.cache.noTrend : words.cache.trend(trend)}</p>`}
    picture=${html`<${Sparkline} values=${data ? condensed(data.series).map(hitRateOf) : []} least=${0.5} most=${1} colour="--cached" />`} />`;
}

function FailureTile({ lately }) {
  const data = lately.value;
  const totals = data?.totals;
  const commonest = data?.groups.filter(group => group.key && group.failed > 0).sort((a, b) => b.failed - a.failed)[0];
  return html`<${Tile} title=${words.failures.title} to=${href('requests', { from: data?.series[0]?.at, outcome: 'failed' })} value=${number(totals?.failed)}
    told=${totals && html`<p>${totals.requests === 0 ? words.failures.none : words.failures.of(short(totals.requests), rate(totals.failed / totals.requests))}</p>
      <p class="cut">${commonest ? words.failures.commonest(texts.requests.errors[commonest.key] ?? commonest.key, number(commonest.failed)) : ''}</p>`}
    picture=${html`<${Sparkline} values=${data ? condensed(data.series).map(point => point.failed) : []} bars most=${4} colour="--bad" />`} />`;
}

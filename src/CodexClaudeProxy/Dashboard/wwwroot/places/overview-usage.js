// Tokens over time, and the few numbers that tell how it went.
import { h } from '../lib/dom.js';
import { poll, throttled } from '../lib/feed.js';
import { DASH, ms, number, rate, short, when } from '../lib/format.js';
import { param, setParams } from '../lib/router.js';
import { computed, effect, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { card, empty, loaded, segments } from '../components/parts.js';
import { stackedBars } from '../components/chart.js';

const words = texts.overview.usage;
const RANGES = ['1h', '24h', '7d', '30d'];
const PARTS = ['fresh', 'cached', 'output'];

export function usageCard(finished) {
  const range = computed(() => (RANGES.includes(param('range')) ? param('range') : '24h'));
  const stats = poll(() => `/api/stats?range=${range()}&by=none`, 60_000);
  const follow = throttled(stats.reload, 1500);
  effect(() => { if (finished() > 0) follow(); });
  return card({
    title: words.title,
    actions: h('div', { class: 'push' }, segments({
      name: words.range, options: RANGES.map(id => [id, words.ranges[id]]), value: range, onchange: id => setParams({ range: id === '24h' ? null : id }, { replace: true }),
    })),
  }, loaded(stats, usage, { lines: 6 }));
}

function usage(data) {
  const asTable = signal(false);
  const hover = signal(null);
  const isEmpty = computed(() => data().totals.requests === 0);
  return h('div', { class: 'stack wide' },
    () => h('dl', { class: 'tiles' }, tiles(data())),
    () => (isEmpty()
      ? empty({ icon: 'overview', title: words.none, text: words.noneText })
      : [
        h('div', { class: 'row wrap legend' },
          PARTS.map(part => h('span', { class: 'row key' }, h('i', { class: part }), words.parts[part],
            h('span', { class: 'strong' }, () => short((data().series[hover()] ?? data().totals)[part])))),
          h('span', { class: 'row key' }, h('i', { class: 'failed' }), words.failed, h('span', { class: 'strong' }, () => failures(data().series[hover()] ?? data().totals))),
          h('span', { class: 'row push' },
            h('span', { class: 'small muted', ariaHidden: 'true' }, () => (data().series[hover()] ? when(data().series[hover()].at) : '')),
            h('button', { type: 'button', class: 'button small quiet', ariaPressed: () => String(asTable()), onclick: () => asTable.update(on => !on) }, words.asTable))),
        () => (asTable() ? table(data()) : stackedBars({ data: () => chartData(data()), colours: PARTS.map(part => `--${part}`), rate: '--bad', onhover: hover.set })),
      ]));
}

function tiles({ totals, previous }) {
  return [
    [words.tiles.requests, number(totals.requests), change(totals.requests, previous?.requests)],
    [words.tiles.failed, number(totals.failed), totals.requests ? rate(failureRate(totals)) : null],
    [words.tiles.cache, rate(totals.cacheHitRate), words.tiles.cacheNote],
    [words.tiles.output, short(totals.output), change(totals.output, previous?.output)],
    [words.tiles.first, ms(totals.firstTokenP50Ms), totals.firstTokenP95Ms === null ? null : words.tiles.p95(ms(totals.firstTokenP95Ms))],
  ].map(([name, value, extra]) => h('div', { class: 'tile' }, h('dt', {}, name), h('dd', {}, h('span', { class: 'value' }, value), extra && h('span', { class: 'small muted' }, extra))));
}

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

const table = ({ series }) => h('div', { class: 'scroll tall', tabindex: 0, role: 'group', ariaLabel: words.title },
  h('table', { class: 'table' },
    h('caption', { class: 'unseen' }, words.title),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, words.time), [...PARTS.map(part => words.parts[part]), words.tiles.requests, words.failed, words.failureRate].map(text => h('th', { scope: 'col', class: 'num' }, text)))),
    h('tbody', {}, series.filter(point => point.requests > 0).reverse().map(point => h('tr', {},
      h('th', { scope: 'row' }, when(point.at)), [...PARTS, 'requests', 'failed'].map(part => h('td', { class: 'num' }, point[part] === null ? DASH : number(point[part]))),
      h('td', { class: 'num' }, rate(failureRate(point))))))));

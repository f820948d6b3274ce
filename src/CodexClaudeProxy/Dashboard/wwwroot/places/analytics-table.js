// The figures of the chart as tables: by group, with all measures, and by time, with the series that are shown.
import { html, useMemo, useSignal } from '../lib/ui.js';
import { save } from '../lib/api.js';
import { ms, number, percent, rate, short, when } from '../lib/format.js';
import { masked } from '../lib/identity.js';
import { pool } from '../lib/program.js';
import { go, href, param, setParams } from '../lib/router.js';
import { failureRate, inputOf, tokensOf } from '../lib/series.js';
import { texts } from '../texts.js';
import { Button, Segments } from '../components/parts.js';
import { DataTable, inOrder } from '../components/table.js';
import { CostFigure } from './analytics-cost.js';
import { pointFilter } from './analytics-chart.js';
import { csvOf } from './analytics-csv.js';
import { filterOf, idOf, timeFilter } from './analytics-query.js';
import { groupName, restOf, restSums, unitOf, valueOf } from './analytics-series.js';

const words = texts.analytics;
/** So many groups are shown until all are asked for. */
const FEW = 10;

export function Tables({ data, query, series }) {
  const isOfTime = query.by === 'none' || param('view') === 'time';
  const Shown = isOfTime ? TimeTable : GroupTable;
  return html`<div class="figures-table">
    ${query.by !== 'none' && html`<div class="row wrap table-head"><${Segments} name=${words.view} value=${isOfTime ? 'time' : 'groups'} onchange=${view => setParams({ view: view === 'time' ? view : null, sort: null }, { replace: true })}
      options=${[['groups', words.views.groups(words.dimensions[query.by])], ['time', words.views.time]]} /></div>`}
    <${Shown} key=${`${query.by} ${isOfTime}`} data=${data} query=${query} series=${series} />
  </div>`;
}

/** A way to the requests that are meant. */
export const RequestsLink = ({ filter, children }) => (filter ? html`<a href=${href('requests', filter)} title=${words.toRequests}>${children}</a>` : children);

function GroupTable({ data, query, series }) {
  const { by, measure } = query;
  const all = useSignal(false);
  // Names come with the pool, and change with the mask.
  const rows = useMemo(() => rowsOf(data, query, series), [data, query.measure, by, query.part, series, masked.value, pool.data.value]);
  const columns = useMemo(() => groupColumns(data, query), [data, by, measure, masked.value]);
  const sorting = sortingOf(measure === 'latency' ? 'first' : measure);
  const ordered = inOrder(rows, columns.find(column => column.id === sorting.by) ?? columns[0], sorting.isTurned);
  const shown = all.value ? ordered : ordered.slice(0, FEW);
  const foot = { ...data.totals, id: '~total', name: words.total, isTotal: true };
  const saveAll = () => save(new Blob([csvOf(words.csv, [...ordered, foot].map(csvRow))], { type: 'text/csv' }), `analytics-${by}.csv`);
  return html`<${DataTable} name=${words.by(words.measures[measure], words.dimensions[by])} columns=${columns} rows=${shown} sorting=${sorting} foot=${foot}
      open=${row => row.filter && go('requests', row.filter)} />
    <div class="row wrap table-foot">
      ${ordered.length > FEW && html`<${Button} kind="small" onclick=${() => { all.value = !all.peek(); }}>${all.value ? words.fewer : words.more(ordered.length)}<//>`}
      <${Button} kind="small quiet" icon="download" onclick=${saveAll}>CSV<//>
    </div>`;
}

function rowsOf(data, query, series) {
  const { by } = query;
  const time = timeFilter(data);
  const failed = query.measure === 'failures' ? { outcome: 'failed' } : {};
  const colours = new Map(series.map(one => [one.id, one.colour]));
  const row = (sums, id, name, filter) => ({ ...sums, id, name, colour: colours.get(id) ?? null, share: shareOf(sums, data, query), filter: filter && { ...filter, ...failed, ...time } });
  const groups = data.groups.map(group => row(group, idOf(group.key), groupName(by, group), filterOf(by, group.key)));
  const rest = restOf(data, by);
  return rest ? [...groups, row(restSums(data), '~rest', rest.name, rest.filter)] : groups;
}

/** 0 to 1 of all; null where a sum means nothing. */
function shareOf(sums, data, query) {
  const all = valueOf(data.totals, query);
  return query.measure === 'latency' || !all ? null : (valueOf(sums, query) ?? 0) / all;
}

/** Which columns a narrow table keeps. */
const MAIN = { tokens: ['tokens', 'cached'], cost: ['cost', 'tokens'], requests: ['requests', 'failures'], failures: ['failures', 'requests'], latency: ['first', 'total'] };

const p95 = value => (value === null || value === undefined ? null : words.p95(ms(value)));

function groupColumns(data, { by, measure }) {
  const double = (value, below) => html`<span class="double">${value}<span class="small muted">${below}</span></span>`;
  const all = [
    { id: 'share', num: true, sort: row => row.share, cell: row => html`<${Share} of=${row} />` },
    { id: 'requests', num: true, sort: row => row.requests, cell: row => number(row.requests) },
    { id: 'failures', num: true, sort: row => row.failed, cell: row => double(number(row.failed), rate(failureRate(row))) },
    { id: 'tokens', num: true, sort: tokensOf, cell: row => short(tokensOf(row)) },
    { id: 'input', num: true, sort: inputOf, cell: row => short(inputOf(row)) },
    { id: 'cached', num: true, sort: row => row.cached, cell: row => double(short(row.cached), rate(row.cacheHitRate)) },
    { id: 'output', num: true, sort: row => row.output, cell: row => short(row.output) },
    { id: 'cost', num: true, sort: row => row.cost?.usd, cell: row => html`<${CostFigure} data=${data} by=${by} row=${row} />` },
    { id: 'first', num: true, sort: row => row.firstTokenP50Ms, cell: row => double(ms(row.firstTokenP50Ms), p95(row.firstTokenP95Ms)) },
    { id: 'total', num: true, sort: row => row.totalP50Ms, cell: row => double(ms(row.totalP50Ms), p95(row.totalP95Ms)) },
  ].filter(column => column.id !== 'share' || measure !== 'latency');
  return [
    { id: 'name', title: words.dimensions[by], class: 'fluid', sort: row => row.name, cell: row => html`<${Name} row=${row} by=${by} />` },
    ...all.map(column => ({ ...column, title: words.columns[column.id], class: classOf(column.id, all.findLast(({ id }) => MAIN[measure].includes(id)).id, measure) })),
  ];
}

/** A narrow table is without its minor columns; the last one of the others is then at its edge. */
const classOf = (id, last, measure) => (id === 'share' ? 'share-of' : !MAIN[measure].includes(id) ? 'minor' : id === last ? 'edge' : null);

const Name = ({ row, by }) => html`<span class="row group-name"><i class="swatch" data-none=${row.colour ? null : ''} style=${{ '--series': `var(${row.colour ?? '--series-other'})` }}></i><span class="cut"><${RequestsLink}
  filter=${row.filter}>${row.name}<//></span></span>`;

const Share = ({ of: row }) => (row.isTotal ? null : html`<span class="share"><span>${percent(row.share === null ? null : row.share * 100)}</span><i style=${{ '--share': row.share ?? 0 }}></i></span>`);

/** The order is in the address: `cost`, or `-cost` for the other way round. */
function sortingOf(usual) {
  const sort = param('sort') || usual;
  return {
    by: sort.replace(/^-/, ''), isTurned: sort.startsWith('-'),
    onsort: (by, isTurned) => setParams({ sort: by === usual && !isTurned ? null : `${isTurned ? '-' : ''}${by}` }, { replace: true }),
  };
}

function TimeTable({ data, query, series }) {
  const { measure, by } = query;
  const shown = series.filter(one => !query.hidden.has(one.id));
  const { format } = unitOf(measure);
  const isSummed = measure !== 'latency' && series.length > 1;
  const sorting = sortingOf('time');
  const columns = useMemo(() => [
    { id: 'time', title: words.time, num: true, class: 'time', sort: row => row.at, cell: row => (row.at === null ? (measure === 'latency' ? words.wholeTime : words.total) : html`<${RequestsLink} filter=${row.filter}><span class="nowrap">${when(row.at)}</span><//>`) },
    ...shown.map((one, i) => ({ id: `s${i}`, title: one.name(), num: true, sort: row => row.values[i], cell: row => format(row.values[i]) })),
    ...(isSummed ? [{ id: 'all', title: words.all, num: true, sort: row => row.all, cell: row => html`<span class="strong">${format(row.all)}</span>` }] : []),
  ], [series, shown.length, [...query.hidden].join(), masked.value, pool.data.value]);
  const rows = useMemo(() => data.series.map((point, i) => ({
    id: point.at, at: point.at, requests: point.requests, values: shown.map(one => one.values[i]), all: valueOf(point, query), filter: { ...(measure === 'failures' ? { outcome: 'failed' } : {}), ...pointFilter(data, i) },
  })).filter(row => row.requests > 0), [data, series, shown.length, [...query.hidden].join(), query.part, measure]);
  const ordered = inOrder(rows, columns.find(column => column.id === sorting.by) ?? columns[0], sorting.isTurned);
  const foot = { id: '~total', at: null, values: shown.map(one => one.value), all: valueOf(data.totals, query) };
  return html`<div class="tall"><${DataTable} name=${words.overTime(words.measures[measure], words.dimensions[by])} columns=${columns} rows=${ordered} sorting=${sorting} foot=${foot} /></div>`;
}

const csvRow = row => [
  row.name, row.requests, row.failed, row.left, row.fresh, row.cached, row.written, row.output, row.cost?.usd, row.firstTokenP50Ms, row.firstTokenP95Ms, row.totalP50Ms, row.totalP95Ms,
];

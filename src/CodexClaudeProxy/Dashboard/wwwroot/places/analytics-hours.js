// At which hours of the week there is how much to do: a heat map, and its busiest hours as a table.
import { html, useMemo, useSignal } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { number, parse, rate, short, usd, zone } from '../lib/format.js';
import { go } from '../lib/router.js';
import { failureRate } from '../lib/series.js';
import { texts } from '../texts.js';
import { Button, Card, Empty, Loaded } from '../components/parts.js';
import { DataTable, inOrder } from '../components/table.js';
import { timeQuery } from './analytics-query.js';
import { RequestsLink } from './analytics-table.js';

/** @import { HoursOfWeek } from '../lib/answers' */

const words = texts.analytics.hours;
const EVERY = 60_000;
const HOUR = 3_600_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const FEW = 6;

const MEASURES = { tokens: ['tokens', short], cost: ['usd', usd], requests: ['requests', number], failures: ['failed', number], latency: ['requests', number] };

/** Durations cannot be added up: beside them are the requests. */
const shownOf = measure => (measure === 'latency' ? 'requests' : measure);

export function HoursCard({ measure }) {
  const hours = usePoll(() => `/api/stats/hours?${timeQuery()}&offset=${-new Date().getTimezoneOffset()}`, EVERY);
  return html`<${Card} flush class="hours-card" title=${words.title(texts.analytics.measures[shownOf(measure)])} actions=${html`<span class="small muted push">${words.zone(zone())}</span>`}>
    <${Loaded} of=${hours} lines=${6}>${data => html`<${Hours} data=${data} measure=${measure} />`}<//>
  <//>`;
}

function Hours({ data, measure }) {
  const cells = useMemo(() => cellsOf(data, measure), [data, measure]);
  const pointed = useSignal(null);
  if (cells.every(cell => cell.requests === 0)) return html`<${Empty} icon="analytics" title=${texts.analytics.none} />`;
  return html`<div class="hours"><${Heat} cells=${cells} measure=${measure} pointed=${pointed} /><${Busiest} cells=${cells} measure=${measure} /></div>`;
}

/** One for each hour of the week, Monday first. @param {HoursOfWeek} data */
function cellsOf(data, measure) {
  const [member] = MEASURES[measure];
  const all = data.days.flatMap(day => HOURS.map(hour => ({
    id: `${day.weekday} ${hour}`, at: (day.weekday - 1) * 24 + hour, weekday: day.weekday, hour, value: day[member][hour],
    requests: day.requests[hour], failed: day.failed[hour], tokens: day.tokens[hour], usd: day.usd[hour], filter: onlyHour(data, (day.weekday - 1) * 24 + hour),
  })));
  const most = Math.max(...all.map(cell => cell.value ?? 0));
  // What is a tenth of the most should still be seen to differ from nothing.
  return all.map(cell => ({ ...cell, heat: most > 0 ? Math.sqrt((cell.value ?? 0) / most) : 0 }));
}

/** The requests of an hour of the week, where the time has it only once; otherwise no filter means them. */
function onlyHour({ from, to, offsetMinutes }, at) {
  const shift = offsetMinutes * 60_000;
  const end = parse(to);
  const begin = parse(from) - (parse(from) % HOUR);
  // The first of January 1970 was a Thursday.
  const hourOf = time => (Math.floor((time + shift) / HOUR) + 3 * 24) % (7 * 24);
  const first = begin + ((at - hourOf(begin) + 7 * 24) % (7 * 24)) * HOUR;
  if (first >= end || first + 7 * 24 * HOUR < end) return null;
  return { from: new Date(first).toISOString(), to: new Date(first + HOUR).toISOString() };
}

const nameOf = ({ weekday, hour }) => words.hour(words.days[weekday - 1], clock(hour), clock(hour + 1));
const clock = hour => `${String(hour % 24).padStart(2, '0')}:00`;

function Heat({ cells, measure, pointed }) {
  const [, format] = MEASURES[measure];
  const busiest = cells.reduce((best, cell) => ((cell.value ?? 0) > (best.value ?? 0) ? cell : best));
  const summary = words.summary(texts.analytics.measures[shownOf(measure)], nameOf(busiest), format(busiest.value));
  const point = event => { pointed.value = event.target.dataset.at === undefined ? null : Number(event.target.dataset.at); };
  const grid = useMemo(() => html`<div class="heat" role="img" aria-label=${summary} onpointerover=${point} onpointerleave=${() => { pointed.value = null; }}>
    ${words.days.map((day, row) => html`<span key=${day} class="day">${day}</span>${cells.slice(row * 24, row * 24 + 24).map(cell => html`<i key=${cell.id} data-at=${cell.at} style=${{ '--heat': cell.heat.toFixed(3) }}></i>`)}`)}
    <span></span>${HOURS.filter(hour => hour % 3 === 0).map(hour => html`<span key=${hour} class="hour">${String(hour).padStart(2, '0')}</span>`)}
  </div>`, [cells, measure]);
  return html`<div class="stack heat-map" data-measure=${shownOf(measure)}>${grid}<${Reading} cells=${cells} pointed=${pointed} busiest=${busiest} format=${format} /></div>`;
}

/** What is pointed at, or the most there is. The same is in the table, for those who do not point. */
function Reading({ cells, pointed, busiest, format }) {
  const cell = pointed.value === null ? null : cells[pointed.value];
  return html`<div class="row wrap small muted reading" aria-hidden="true">
    <span>${cell ? html`${nameOf(cell)} · <span class="strong">${format(cell.value)}</span>` : html`${words.busiest} ${nameOf(busiest)} · <span class="strong">${format(busiest.value)}</span>`}</span>
    <span class="row push scale"><span>${words.less}</span>${[0, 0.25, 0.5, 0.75, 1].map(heat => html`<i key=${heat} style=${{ '--heat': heat }}></i>`)}<span>${words.more}</span></span>
  </div>`;
}

const COLUMNS = [
  { id: 'at', title: words.columns.at, class: 'when', sort: row => row.at, cell: row => (row.at === null ? texts.analytics.total : html`<${RequestsLink} filter=${row.filter}><span class="nowrap">${nameOf(row)}</span><//>`) },
  { id: 'requests', title: texts.analytics.columns.requests, num: true, class: 'of-requests', sort: row => row.requests, cell: row => number(row.requests) },
  { id: 'failures', title: texts.analytics.columns.failures, num: true, class: 'of-failures', sort: row => row.failed, cell: row => html`${number(row.failed)}<span class="rate small muted">${rate(failureRate(row))}</span>` },
  { id: 'tokens', title: texts.analytics.columns.tokens, num: true, class: 'of-tokens', sort: row => row.tokens, cell: row => short(row.tokens) },
  { id: 'cost', title: texts.analytics.columns.cost, num: true, class: 'of-cost', sort: row => row.usd, cell: row => usd(row.usd) },
];

function Busiest({ cells, measure }) {
  const all = useSignal(false);
  const sort = useSignal(null);
  const { by, isTurned } = sort.value ?? { by: shownOf(measure), isTurned: false };
  const rows = inOrder(cells.filter(cell => cell.requests > 0), COLUMNS.find(column => column.id === by), isTurned);
  const sum = name => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const foot = { id: '~total', at: null, requests: sum('requests'), failed: sum('failed'), tokens: sum('tokens'), usd: sum('usd') };
  return html`<div class="busiest" data-measure=${shownOf(measure)}><${DataTable} name=${words.table} columns=${COLUMNS} rows=${all.value ? rows : rows.slice(0, FEW)} foot=${foot}
      open=${row => row.filter && go('requests', row.filter)} sorting=${{ by, isTurned, onsort: (column, turned) => { sort.value = { by: column, isTurned: turned }; } }} />
    ${rows.length > FEW && html`<div class="row table-foot"><${Button} kind="small" onclick=${() => { all.value = !all.peek(); }}>${all.value ? texts.analytics.fewer : texts.analytics.more(rows.length)}<//></div>`}</div>`;
}

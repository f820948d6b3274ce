// One measure over time, as series that can be switched off, and below it the same figures as a table.
import { html, useMemo, useSignal } from '../lib/ui.js';
import { when } from '../lib/format.js';
import { go } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, Empty, Select } from '../components/parts.js';
import { TimeChart } from '../components/chart.js';
import { dimensionsOf, PARTS, setBy, setHidden, setPart, setTime, timeFilter } from './analytics-query.js';
import { ratesOf, seriesOf, unitOf, valueOf } from './analytics-series.js';
import { Tables } from './analytics-table.js';

const words = texts.analytics;
const HEIGHT = 280;

/** data: GET /api/stats as it was asked for with `by`; query: what is shown of it. */
export function ChartCard({ data, query }) {
  const { measure, by, part } = query;
  const series = useMemo(() => seriesOf(data, query), [data, measure, by, part]);
  const parts = PARTS[measure];
  return html`<${Card} flush class="over-time" title=${words.by(words.measures[measure], words.dimensions[by])} actions=${html`<div class="row wrap push choices">
    ${parts && by !== 'none' && html`<${Select} small name=${words.part} value=${part} onchange=${setPart} options=${parts.map(id => [id, words.parts[id]])} />`}
    <${Select} small name=${words.groupBy} value=${by} onchange=${setBy} options=${dimensionsOf(measure).map(id => [id, words.groups[id]])} />
  </div>`}>
    ${series.length === 0 ? html`<${Empty} icon="analytics" title=${words.nothing[measure]} text=${words.nothingText[measure]} />`
      : html`<${Plot} key="plot" data=${data} query=${query} series=${series} />`}
    <${Tables} data=${data} query=${query} series=${series} />
  <//>`;
}

function Plot({ data, query, series }) {
  const { measure, by, part, hidden } = query;
  const hover = useSignal(null);
  const shown = series.filter(one => !hidden.has(one.id));
  const isFailures = measure === 'failures';
  const chart = useMemo(() => ({
    times: data.series.map(point => Date.parse(point.at) / 1000), parts: shown.map(one => one.values), rates: ratesOf(data),
  }), [series, shown.length, [...hidden].join()]);
  const zoom = (from, to) => setTime(new Date(from * 1000).toISOString(), new Date(to * 1000).toISOString());
  const pick = (index, at) => go('requests', { ...(at === null ? {} : shown[at].filter ?? {}), ...pointFilter(data, index) });
  return html`<div class="body stack">
    <${Legend} data=${data} series=${series} query=${query} hover=${hover} />
    <${TimeChart} key=${`${by} ${part}`} data=${chart} colours=${shown.map(one => one.colour)} isLines=${measure === 'latency'} unit=${unitOf(measure)} rate=${isFailures ? '--bad' : null} height=${HEIGHT}
      onhover=${index => { hover.value = index; }} onselect=${zoom} onpick=${pick} />
    <div class="row wrap hint-line"><p class="small muted">${measure === 'cost' ? words.costNote : isFailures ? words.failureNote : words.chartNote}</p>
      ${shown.length < series.length && html`<button type="button" class="button small push" onclick=${() => setHidden([])}>${words.showAll(series.length - shown.length)}</button>`}</div>
  </div>`;
}

/** The requests of one point of the chart. The first one may begin before the time that was asked for, the last one end after it. */
export function pointFilter(data, index) {
  const from = Date.parse(data.series[index].at);
  const asked = timeFilter(data);
  const begin = Math.max(from, Date.parse(data.from));
  const end = from + data.bucketSeconds * 1000;
  return { from: new Date(begin).toISOString(), to: new Date(asked.to ? Math.min(end, Date.parse(asked.to)) : end).toISOString() };
}

/** Each series with its figure, of the time that is pointed at or of all. A click switches it off, with Shift all the others. */
function Legend({ data, series, query, hover }) {
  const { hidden } = query;
  const { format } = unitOf(query.measure);
  const at = hover.value;
  const all = series.map(one => one.id);
  const toggle = (id, isAlone) => {
    if (isAlone) setHidden(hidden.size === all.length - 1 && !hidden.has(id) ? [] : all.filter(other => other !== id));
    else setHidden(hidden.has(id) ? [...hidden].filter(other => other !== id) : [...hidden, id]);
  };
  const isStacked = query.measure !== 'latency' && series.length > 1;
  return html`<div class="legend">
    <ul aria-label=${words.series}>${series.map(one => html`<li key=${one.id}>
      <button type="button" class="series" aria-pressed=${String(!hidden.has(one.id))} title=${words.toggle(one.name())} onclick=${event => toggle(one.id, event.shiftKey)}>
        <i style=${{ '--series': `var(${one.colour})` }}></i><span class="cut">${one.name()}</span><span class="strong">${format(at === null ? one.value : one.values[at])}</span></button></li>`)}</ul>
    <p class="small muted nowrap" aria-hidden="true">${at === null || !data.series[at] ? (isStacked ? words.whole(format(valueOf(data.totals, query))) : words.wholeTime)
      : html`${when(data.series[at].at)}${isStacked && html` · <span class="strong">${format(valueOf(data.series[at], query))}</span>`}`}</p>
  </div>`;
}

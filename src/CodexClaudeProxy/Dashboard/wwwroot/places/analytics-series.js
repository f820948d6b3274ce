// The series of the chart, made of an answer of GET /api/stats: of each group, or of what all requests together are made of.
import { failureRate, inputOf, remainder, tokensOf } from '../lib/series.js';
import { ms, number, short, usd } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { accountName } from '../lib/program.js';
import { texts } from '../texts.js';
import { filterOf, idOf } from './analytics-query.js';

/** @import { GroupSeries, GroupSums, StatisticsAnswer, Sums } from '../lib/answers' */

/**
 * @typedef {{ id: string, name: () => string, colour: string, values: number[], value: number, filter: object }} Series
 * name is asked for when it is drawn: identities may be masked, and accounts be named, at any time; values: one for each point of time; value: of the whole time; filter: of the requests that are meant, null when there is none
 */

const words = texts.analytics;
/** More colours than these cannot be told apart. */
const MOST = 8;
const colourAt = index => `--series-${index + 1}`;
const OTHERS = '--series-other';
/** Sums of money are rounded to a ten-thousandth of a cent. */
const NOTHING = 0.00005;

const LATENCIES = { 'first-p50': 'firstTokenP50Ms', 'first-p95': 'firstTokenP95Ms', 'total-p50': 'totalP50Ms', 'total-p95': 'totalP95Ms' };
const TOKENS = { all: tokensOf, input: inputOf, cached: sums => sums.cached, output: sums => sums.output };

/** The figure that is shown, of the sums of a group, of a point or of all. @param {any} sums */
export function valueOf(sums, { measure, part }) {
  switch (measure) {
    case 'tokens': return TOKENS[part](sums);
    case 'cost': return sums.cost?.usd ?? null;
    case 'failures': return sums.failed;
    case 'latency': return sums[LATENCIES[part]];
    default: return sums.requests;
  }
}

/** The same of each point of a group. @param {GroupSeries} series @returns {number[]} */
function valuesOf(series, { measure, part }) {
  switch (measure) {
    case 'tokens': return part === 'all' ? series.input.map((input, i) => input + series.output[i]) : series[part];
    case 'cost': return series.usd;
    case 'failures': return series.failed;
    case 'latency': return series[LATENCIES[part]];
    default: return series.requests;
  }
}

const counts = { name: 'counts', format: number, axis: short, least: 10 };
const UNITS = {
  tokens: { ...counts, format: short }, requests: counts, failures: { ...counts, name: 'failures', least: 4 },
  cost: { name: 'money', format: usd, axis: usd, least: 0.01 }, latency: { name: 'times', format: ms, axis: ms, least: 100 },
};
export const unitOf = measure => UNITS[measure];

/** What all requests together are made of: [name, colour, value of sums, filter]. */
const KINDS = {
  tokens: [['fresh', '--fresh', sums => sums.fresh], ['cached', '--cached', sums => sums.cached], ['written', '--series-4', sums => sums.written], ['output', '--output', sums => sums.output]],
  cost: [['cost', '--output', sums => sums.cost?.usd ?? null]],
  requests: [['ok', '--cached', sums => sums.requests - sums.failed - sums.left, { outcome: 'ok' }], ['failed', '--bad', sums => sums.failed, { outcome: 'failed' }], ['left', OTHERS, sums => sums.left, { outcome: 'left' }]],
  failures: [['failed', '--bad', sums => sums.failed, { outcome: 'failed' }]],
  latency: Object.entries(LATENCIES).map(([name, member], i) => [name, colourAt([0, 4, 1, 2][i]), sums => sums[member]]),
};

/** @returns {Series[]} the largest first */
export function seriesOf(/** @type {StatisticsAnswer} */ data, query) {
  if (query.by !== 'none') return ofGroups(data, query);
  return KINDS[query.measure].map(([name, colour, value, filter = {}]) => ({ id: name, name: () => words.kinds[name], colour, values: data.series.map(value), value: value(data.totals), filter }))
    // Where nothing was written to the cache, nothing is said of it.
    .filter(({ id, value }) => id !== 'written' || value > 0);
}

function ofGroups(data, query) {
  const { by, measure } = query;
  const shown = data.groups.filter(group => group.series && valueOf(group, query) > 0).slice(0, MOST);
  const colours = coloursOf(by, shown.map(group => idOf(group.key)));
  const failed = measure === 'failures' ? { outcome: 'failed' } : {};
  const series = shown.map(group => ({
    id: idOf(group.key), name: () => groupName(by, group), colour: colourAt(colours.get(idOf(group.key))), values: valuesOf(group.series, query), value: valueOf(group, query),
    filter: filterOf(by, group.key) && { ...filterOf(by, group.key), ...failed },
  }));
  // A median of what remains could not be told.
  if (measure === 'latency') return series;
  const values = remainder(data.series.map(point => valueOf(point, query)), series.map(one => one.values));
  const [value] = remainder([valueOf(data.totals, query)], series.map(one => [one.value]));
  if (value <= NOTHING) return series;
  const rest = restOf(data, by);
  const isWhole = data.groups.every(group => shown.includes(group) || !valueOf(group, query));
  const others = data.groups.filter(group => !shown.includes(group) && valueOf(group, query) > 0).length;
  // Beside the groups there may be requests that belong to none.
  return [...series, isWhole && rest
    ? { id: '~rest', name: () => rest.name, colour: OTHERS, values, value, filter: rest.filter && { ...rest.filter, ...failed } }
    : { id: '~others', name: () => words.others(others), colour: OTHERS, values, value, filter: null }];
}

/** The requests that are in no group: those that are no side call, or have no kind of error; and those of more groups than the program tells. */
export function restOf(data, by) {
  const count = data.totals.requests - data.groups.reduce((sum, group) => sum + group.requests, 0);
  if (count <= 0) return null;
  return { name: words.rest[by] ?? words.rest.others, filter: by === 'sideCall' ? filterOf(by, null) : null };
}

/** What can be added up of them; the rest of the figures is not known. */
export function restSums(data) {
  const sums = {};
  for (const name of ['requests', 'failed', 'left', 'fresh', 'cached', 'written', 'output']) [sums[name]] = remainder([data.totals[name]], data.groups.map(group => [group[name]]));
  const [dollars] = remainder([data.totals.cost?.usd], data.groups.map(group => [group.cost?.usd]));
  const input = inputOf(sums);
  return { ...sums, cacheHitRate: input ? sums.cached / input : null, cost: { usd: data.totals.cost ? dollars : null, unpricedTokens: 0 } };
}

/** @type {Map<string, Map<string, number>>} */
const remembered = new Map();

/** A group keeps its colour as long as the page is open, whatever its rank becomes. */
function coloursOf(by, ids) {
  if (!remembered.has(by)) remembered.set(by, new Map());
  const known = remembered.get(by);
  const taken = new Set();
  const colours = new Map();
  const give = (id, colour) => { taken.add(colour); colours.set(id, colour); known.set(id, colour); };
  for (const id of ids) if (known.has(id) && !taken.has(known.get(id))) give(id, known.get(id));
  for (const id of ids) if (!colours.has(id)) give(id, Array.from({ length: MOST }, (_, i) => i).find(colour => !taken.has(colour)));
  return colours;
}

/** @param {string} by @param {Pick<GroupSums, 'key' | 'label'>} group */
export function groupName(by, { key, label }) {
  if (key === null) return words.unknown[by] ?? words.rest[by];
  switch (by) {
    case 'account': return accountName(key);
    case 'project': case 'session': return who(key, by);
    case 'key': return who(label ?? key, 'key');
    case 'sideCall': return words.sideCalls[key] ?? key;
    case 'errorType': return texts.requests.errors[key] ?? key;
    default: return label ?? key;
  }
}

export const ratesOf = data => data.series.map(point => failureRate(point) ?? 0);

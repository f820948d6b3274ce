// What is asked for, as the address says it: which time, which measure, by what, and what of it is hidden.
import { param, setParams } from '../lib/router.js';

export const RANGES = ['1h', '6h', '24h', '7d', '30d', 'all'];
const USUAL_RANGE = '7d';

/** With the word for the order of the groups: those that a chart shows are the first ones. */
const ORDERS = { tokens: 'tokens', cost: 'cost', requests: 'requests', failures: 'failed', latency: 'requests' };
export const MEASURES = Object.keys(ORDERS);

/** Of some measures there are several figures. */
export const PARTS = { tokens: ['all', 'input', 'cached', 'output'], latency: ['first-p50', 'first-p95', 'total-p50', 'total-p95'] };

const DIMENSIONS = ['model', 'requestedModel', 'account', 'client', 'project', 'session', 'key', 'sideCall'];
const USUAL_DIMENSION = 'model';
export const dimensionsOf = measure => [...DIMENSIONS, ...(measure === 'failures' ? ['errorType'] : []), 'none'];

/** How many groups have a series of their own: the most that the program gives. */
const STACKED = 12;

const oneOf = (values, value, otherwise) => (values.includes(value) ? value : otherwise);

export const rangeOf = () => (param('from') || param('to') ? 'custom' : oneOf(RANGES, param('range'), USUAL_RANGE));

/** @returns {{ measure: string, by: string, part: string, range: string, hidden: Set<string> }} */
export function queryOf() {
  const measure = oneOf(MEASURES, param('measure'), MEASURES[0]);
  const parts = PARTS[measure] ?? [''];
  return {
    measure, by: oneOf(dimensionsOf(measure), param('by'), USUAL_DIMENSION), part: oneOf(parts, param('part'), parts[0]), range: rangeOf(),
    hidden: new Set(param('hidden').split(',').filter(Boolean)),
  };
}

/** The time, as the routes of the statistics take it. Of the future there is nothing to tell. */
export function timeQuery() {
  const range = rangeOf();
  const query = new URLSearchParams(range === 'custom' ? { from: param('from'), to: Date.parse(param('to')) > Date.now() ? '' : param('to') } : { range });
  for (const name of ['from', 'to']) if (!query.get(name)) query.delete(name);
  return query.toString();
}

export const groupsQuery = ({ measure, by }) => `by=${by}&order=${ORDERS[measure]}&stacked=${STACKED}`;

/** What is chosen here is no step that the back button must undo. */
const change = changes => setParams(changes, { replace: true });

export const setRange = range => change({ range: range === USUAL_RANGE ? null : range, from: null, to: null });
export const setTime = (from, to, options) => setParams({ range: null, from, to }, options);
export const setMeasure = measure => change({ measure: measure === MEASURES[0] ? null : measure, part: null, sort: null, hidden: null });
export const setPart = part => change({ part });
export const setBy = by => change({ by: by === USUAL_DIMENSION ? null : by, hidden: null, sort: null, view: null });
export const setHidden = ids => change({ hidden: [...ids].join(',') || null });

/** A series in the list of the hidden ones, which commas separate. */
export const idOf = key => (key === null ? '~unknown' : key.replaceAll('%', '%25').replaceAll(',', '%2C'));

const FILTERS = { account: 'account', model: 'upstreamModel', requestedModel: 'requestedModel', client: 'client', project: 'project', session: 'session', errorType: 'errorType', sideCall: 'side', key: 'key' };

/** The filter of the requests that means one group; null when there is none that does. */
export function filterOf(by, key) {
  if (key !== null) return { [FILTERS[by]]: key };
  if (by === 'sideCall') return { side: 'none' };
  return by === 'errorType' || by === 'key' ? null : { unknown: by };
}

/** The time of an answer as a filter of the requests. One that goes on until now has no end, so that the list goes on as well. */
export const timeFilter = ({ from }) => {
  const range = rangeOf();
  if (range === 'all') return {};
  return range === 'custom' ? { from: param('from') || null, to: param('to') || null } : { from };
};

// Which requests are shown: the filters as they stand in the address, as the program takes them, and as a row is judged by them.
import { parse, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { keyName } from '../lib/key-names.js';
import { accountName } from '../lib/program.js';
import { setParams } from '../lib/router.js';
import { texts } from '../texts.js';

/** @import { Row } from './requests-row' */

const words = texts.requests;

/** What /api/requests takes, and `range`: a time that ends now, and so moves on. */
export const FILTERS = ['range', 'from', 'to', 'outcome', 'account', 'requestedModel', 'upstreamModel', 'model', 'client', 'project', 'errorType', 'key', 'side', 'path', 'session', 'conversation', 'unknown', 'q'];

const HOUR = 3_600_000;
const RANGES = { '1h': HOUR, '6h': 6 * HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR };
export const RANGE_NAMES = Object.keys(RANGES);

/** Only the filters, in one order: opening a request changes the address too, and must not load the list again. */
export function filterKey(params) {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (params.get(name)) query.set(name, params.get(name));
  return query.toString();
}

/** The beginning of the range, if there is one. */
export const beginOf = (query, at = Date.now()) => (RANGES[query.get('range')] ? at - RANGES[query.get('range')] : null);

/** The filters as the program takes them. */
export function queryOf(key) {
  const query = new URLSearchParams(key);
  const begin = beginOf(query);
  query.delete('range');
  if (begin !== null) query.set('from', new Date(begin).toISOString());
  return query;
}

export const change = filters => setParams(filters, { replace: true });

export const clearFilters = () => setParams(Object.fromEntries(FILTERS.map(name => [name, null])));

/** All turns of one session or conversation are shown as such, unless something else is asked of them. */
export function sessionOf(params) {
  const query = new URLSearchParams(filterKey(params));
  const [only] = [...query.keys()];
  return query.size === 1 && ['session', 'conversation'].includes(only) && params.get('view') !== 'list' ? { kind: only, id: query.get(only) } : null;
}

export const endOf = row => parse(row.received) + (row.totalMs ?? 0);

const MEMBERS_OF = { model: 'upstreamModel' };
const SEARCHED = ['requestedModel', 'upstreamModel', 'session', 'project', 'errorType', 'errorCode', 'errorMessage'];

/** @type {Record<string, (row: Row, value: string) => boolean>} */
const CHECKS = {
  range: (row, value) => endOf(row) >= Date.now() - (RANGES[value] ?? Infinity),
  from: (row, value) => endOf(row) >= parse(value),
  to: (row, value) => endOf(row) < parse(value),
  model: (row, value) => row.requestedModel === value || row.upstreamModel === value,
  client: (row, value) => row.client === value || row.client?.startsWith(`${value} `) === true,
  side: (row, value) => (value === 'any' ? row.sideCall !== null : value === 'none' ? row.sideCall === null : row.sideCall === value),
  unknown: (row, value) => !row[MEMBERS_OF[value] ?? value],
  key: (row, value) => row.key === value || row.keyName?.toLowerCase() === value.toLowerCase(),
  q: (row, value) => SEARCHED.some(member => row[member]?.toLowerCase().includes(value.toLowerCase())),
};

/** What is known of a request while it runs. */
const KNOWN_EARLY = new Set(['path', 'requestedModel', 'model', 'client', 'range', 'from']);

/** Whether a row that arrives belongs into the list; one that runs only when that is certain already. */
export const passes = (row, query) => [...query].every(([name, value]) => (!row.running || KNOWN_EARLY.has(name)) && (CHECKS[name]?.(row, value) ?? row[name] === value));

const SHOWN = {
  range: value => words.choose.ranges[value] ?? value, from: when, to: when, account: accountName, project: value => who(value, 'project'), session: value => who(value, 'session'),
  conversation: value => who(value, 'conversation'), side: value => words.sides[value] ?? value, errorType: value => words.errors[value] ?? value, outcome: value => words.outcomes[value] ?? value, key: value => keyName(value),
  unknown: value => words.filters[MEMBERS_OF[value] ?? value] ?? value,
};

/** The value of a filter for people. */
export const shownValue = (name, value) => (SHOWN[name] ? SHOWN[name](value) : value);

/** All filters in one line, as a name for them. */
export const summary = key => [...new URLSearchParams(key)].map(([name, value]) => (name === 'unknown' ? words.choose.unknownOf(shownValue(name, value)) : shownValue(name, value))).join(', ');

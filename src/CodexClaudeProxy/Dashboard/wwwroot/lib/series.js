// What the points of GET /api/stats add up to, for small pictures and trends. What is not known stays null.

const COUNTS = ['requests', 'failed', 'fresh', 'cached', 'written', 'output', 'usd'];

/** At most so many points: neighbours are added up. The last one may stand for fewer. */
export function condensed(series, most = 24) {
  const size = Math.max(1, Math.ceil(series.length / most));
  const points = [];
  for (let i = 0; i < series.length; i += size) points.push(added(series.slice(i, i + size)));
  return points;
}

function added(points) {
  const sum = { at: points[0].at };
  for (const name of COUNTS) {
    const known = points.map(point => point[name]).filter(value => value !== null && value !== undefined);
    sum[name] = known.length ? known.reduce((total, value) => total + value, 0) : null;
  }
  return sum;
}

const plus = (...values) => (values.every(value => value === null || value === undefined) ? null : values.reduce((sum, value) => sum + (value ?? 0), 0));

/** Input and output tokens. */
export const tokensOf = sums => plus(sums.fresh, sums.cached, sums.written, sums.output);

export const inputOf = sums => plus(sums.fresh, sums.cached, sums.written);

/** Null when there was no request. */
export const failureRate = ({ failed, requests }) => (requests ? failed / requests : null);

/** Of each value what the parts do not hold; never less than nothing, which rounding could make of it. */
export const remainder = (whole, parts) => whole.map((value, i) => Math.max(0, (value ?? 0) - parts.reduce((sum, part) => sum + (part[i] ?? 0), 0)));

/** The part of the input that came from the prompt cache, 0 to 1. */
export function hitRateOf(sums) {
  const input = inputOf(sums);
  return input ? (sums.cached ?? 0) / input : null;
}

/** How many percent points one rate lies above another, or null. */
export const pointsAbove = (now, before) => (now === null || now === undefined || before === null || before === undefined ? null : Math.round((now - before) * 1000) / 10);

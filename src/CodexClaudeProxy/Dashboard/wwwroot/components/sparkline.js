// A picture of some numbers in their order, without scales: what it means is said by the text beside it.
import { html } from '../lib/ui.js';

const WIDTH = 100;
const HEIGHT = 24;

/**
 * @param values numbers; null for what is not known, over which the line goes on
 * @param bars bars instead of a line; most the number that is as high as the picture, the highest one when absent;
 * least the one at its foot, as long as none is smaller
 * @param colour a token, such as --cached
 */
export function Sparkline({ values, bars = false, least = 0, most = null, colour = '--fresh' }) {
  const highest = Math.max(most ?? 0, ...values.map(value => value ?? 0));
  const lowest = Math.min(least, ...values.filter(value => value !== null && value !== undefined));
  const y = value => (HEIGHT - ((value - lowest) / (highest - lowest)) * (HEIGHT - 3) - (bars ? 0 : 1)).toFixed(1);
  const line = highest > lowest && !bars ? polyline(values, y) : null;
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false" style=${{ '--spark': `var(${colour})` }}>
    ${highest > lowest && bars && html`<path class="bars" d=${columns(values, y)} />`}
    ${line && html`<path class="area" d="${line.path}V${HEIGHT}H${line.from}Z" /><path class="line" d=${line.path} />`}
  </svg>`;
}

/** A single value that is known is as wide as its share. */
function polyline(values, y) {
  const step = values.length > 1 ? WIDTH / (values.length - 1) : WIDTH;
  const known = values.map((value, i) => ({ x: i * step, value })).filter(({ value }) => value !== null && value !== undefined);
  if (known.length === 1) known.push({ ...known[0], x: known[0].x + step / 2 });
  if (known.length === 0) return null;
  return { from: known[0].x.toFixed(1), path: known.map(({ x, value }, i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y(value)}`).join('') };
}

function columns(values, y) {
  const step = WIDTH / values.length;
  return values.map((value, i) => (value > 0 ? `M${(i * step + step * 0.15).toFixed(1)} ${HEIGHT}V${y(value)}h${(step * 0.7).toFixed(1)}V${HEIGHT}Z` : '')).join('');
}

// A picture of some numbers in their order, without scales: what it means is said by the text beside it.
import { html } from '../lib/ui.js';

const WIDTH = 100;
const HEIGHT = 24;

/**
 * @param values numbers; null for what is not known, where the line has a gap
 * @param bars bars instead of a line; most the number that is as high as the picture, the highest one when absent
 * @param colour a token, such as --cached
 */
export function Sparkline({ values, bars = false, most = null, colour = '--fresh' }) {
  const highest = Math.max(most ?? 0, ...values.map(value => value ?? 0));
  const y = value => (HEIGHT - (highest > 0 ? (value / highest) * (HEIGHT - 3) : 0) - (bars ? 0 : 1)).toFixed(1);
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false" style=${{ '--spark': `var(${colour})` }}>
    ${highest > 0 && (bars ? html`<path class="bars" d=${columns(values, y)} />` : stretches(values).map(stretch => html`
      <path class="area" d="${line(stretch, values.length, y)}V${HEIGHT}H${x(stretch[0].i, values.length)}Z" /><path class="line" d=${line(stretch, values.length, y)} />`))}
  </svg>`;
}

const x = (i, count) => ((count > 1 ? i / (count - 1) : 0) * WIDTH).toFixed(1);

/** A single value that is known is as wide as its share. */
const line = (stretch, count, y) => (stretch.length === 1
  ? `M${x(Math.max(0, stretch[0].i - 0.5), count)} ${y(stretch[0].value)}H${x(Math.min(count - 1, stretch[0].i + 0.5), count)}`
  : stretch.map(({ i, value }, at) => `${at === 0 ? 'M' : 'L'}${x(i, count)} ${y(value)}`).join(''));

function columns(values, y) {
  const step = WIDTH / values.length;
  return values.map((value, i) => (value > 0 ? `M${(i * step + step * 0.15).toFixed(1)} ${HEIGHT}V${y(value)}h${(step * 0.7).toFixed(1)}V${HEIGHT}Z` : '')).join('');
}

/** The parts of a list without gaps. */
function stretches(values) {
  const found = [];
  let current = null;
  values.forEach((value, i) => {
    if (value === null || value === undefined) { current = null; return; }
    if (!current) found.push(current = []);
    current.push({ i, value });
  });
  return found;
}

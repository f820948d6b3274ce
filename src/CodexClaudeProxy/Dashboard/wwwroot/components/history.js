// How a window filled up: steps over time, from samples that were taken at each change. Drawn as SVG, so the tokens colour it in both themes.
import { h, svg } from '../lib/dom.js';
import { parse, percent, when } from '../lib/format.js';
import { signal } from '../lib/signal.js';
import { texts } from '../texts.js';

const words = texts.history;
const whenAt = milliseconds => when(new Date(milliseconds).toISOString());
const WIDTH = 1000;
const HEIGHT = 100;

/** samples: [{ at, usedPercent }], oldest first; until: when the last one was still true, in ms. */
export function historyChart(samples, until = Date.now()) {
  const points = samples.map(sample => ({ at: parse(sample.at), used: Math.min(100, sample.usedPercent) }));
  const from = points[0].at;
  const length = Math.max(1, until - from);
  const x = at => ((at - from) / length) * WIDTH;
  const line = points.map(({ at, used }, i) => `${i === 0 ? 'M' : 'H'}${x(at).toFixed(1)}${i === 0 ? ` ${(HEIGHT - used).toFixed(1)}` : `V${(HEIGHT - used).toFixed(1)}`}`).join('') + `H${WIDTH}`;
  const highest = points.reduce((best, point) => (point.used > best.used ? point : best));
  const read = signal(null);
  const summary = words.summary(percent(points[0].used), whenAt(from), percent(points.at(-1).used), percent(highest.used), whenAt(highest.at));

  const cursor = svg('line', { class: 'cursor', y1: 0, y2: HEIGHT, visibility: 'hidden' });
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': summary },
    [25, 50, 75].map(at => svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: at, y2: at })),
    svg('path', { class: 'area', d: `${line}V${HEIGHT}H0Z` }),
    svg('path', { class: 'line', d: line }),
    cursor);
  picture.addEventListener('pointermove', event => {
    const box = picture.getBoundingClientRect();
    const at = from + ((event.clientX - box.left) / box.width) * length;
    cursor.setAttribute('x1', x(at));
    cursor.setAttribute('x2', x(at));
    cursor.setAttribute('visibility', 'visible');
    read.set({ at, used: points.findLast(point => point.at <= at)?.used ?? points[0].used });
  });
  picture.addEventListener('pointerleave', () => { cursor.setAttribute('visibility', 'hidden'); read.set(null); });

  return h('figure', { class: 'history' },
    h('div', { class: 'scale faint small', ariaHidden: 'true' }, h('span', {}, '100 %'), h('span', {}, '50 %'), h('span', {}, '0 %')),
    h('div', { class: 'plot' }, picture),
    h('figcaption', { class: 'small muted' },
      h('span', {}, whenAt(from)),
      h('span', { class: 'reading' }, () => (read() ? words.at(whenAt(read().at), percent(read().used)) : words.highest(percent(highest.used)))),
      h('span', {}, texts.time.now)));
}

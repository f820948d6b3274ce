// Stacked bars over time, drawn by uPlot, which is loaded when the first chart is shown.
import { h } from '../lib/dom.js';
import { effect, onCleanup, signal } from '../lib/signal.js';
import { short } from '../lib/format.js';

let loading = null;

const library = () => (loading ??= new Promise((resolve, reject) => {
  const sheet = h('link', { rel: 'stylesheet', href: 'assets/vendor/uplot/uplot.css' });
  const script = h('script', { src: 'assets/vendor/uplot/uplot.js', onload: () => resolve(globalThis.uPlot), onerror: () => { loading = null; reject(new Error('uPlot')); } });
  document.head.append(sheet, script);
}));

/**
 * @param data () → { times: [seconds], parts: [[values]], marks: [counts] }, reads signals; parts are stacked from the bottom up.
 * @param colours names of tokens, one per part; `mark` colours a sign below each time that has one.
 * @param onhover (index or null)
 */
export function stackedBars({ data, colours, mark, height = 220, onhover }) {
  const box = h('div', { class: 'chart', ariaHidden: 'true' });
  const redraw = signal(0);
  let plot = null;
  let ended = false;

  const resize = new ResizeObserver(([{ contentRect }]) => plot?.setSize({ width: Math.max(50, contentRect.width), height }));
  const repaint = () => redraw.set(redraw.peek() + 1);
  const scheme = matchMedia('(prefers-color-scheme: light)');
  document.addEventListener('themechange', repaint);
  scheme.addEventListener('change', repaint);
  onCleanup(() => {
    ended = true;
    resize.disconnect();
    document.removeEventListener('themechange', repaint);
    scheme.removeEventListener('change', repaint);
    plot?.destroy();
  });

  library().then(uPlot => {
    if (ended) return;
    const marks = { counts: [] };
    let painted = -1;
    effect(() => {
      const current = data();
      const paint = redraw();
      if (!current) return;
      const values = [current.times, ...stack(current.parts)];
      marks.counts = current.marks;
      if (plot && paint === painted) {
        plot.setData(values);
        return;
      }
      painted = paint;
      plot?.destroy();
      plot = new uPlot(options(uPlot, box, { colours, mark, marks, height, onhover }), values, box);
      resize.observe(box);
    });
  }, () => {});
  return box;
}

/** Sums from the bottom up, highest first: each bar is drawn over the one it stands on. */
function stack(parts) {
  const sums = [];
  parts.forEach((part, i) => sums.push(part.map((value, j) => (value ?? 0) + (i > 0 ? sums[i - 1][j] : 0))));
  return sums.reverse();
}

function options(uPlot, box, { colours, mark, marks, height, onhover }) {
  const colour = name => tokenColour(box, name);
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--faint'), font: '11px ui-sans-serif, system-ui, sans-serif', ticks: { show: false } };
  const bars = uPlot.paths.bars({ size: [0.7, 22], radius: 0.15 });
  return {
    width: Math.max(50, box.clientWidth), height, padding: [8, 4, 0, 0], legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { range: withHalfABar }, y: { range: (_, low, high) => [0, Math.max(10, high * 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 64, size: 26, values: timeLabels(uPlot) },
      { ...axis, grid: line, size: 46, values: (_, values) => values.map(short) },
    ],
    series: [{}, ...[...colours].reverse().map(name => ({ fill: colour(name), stroke: colour(name), width: 0, paths: bars, points: { show: false } }))],
    hooks: {
      setCursor: [u => onhover?.(u.cursor.idx ?? null)],
      draw: [u => drawMarks(u, marks.counts, colour(mark))],
    },
  };
}

/** Otherwise the first and the last bar are cut. */
function withHalfABar({ data: [times] }, low, high) {
  const half = times.length > 1 ? (times[1] - times[0]) / 2 : 60;
  return [low - half, high + half];
}

/** A canvas does not know custom properties, nor light-dark(): the browser works the colour out for an element. */
function tokenColour(box, name) {
  box.style.color = `var(${name})`;
  const value = getComputedStyle(box).color;
  box.style.color = '';
  return value;
}

const timeLabels = uPlot => {
  const clock = uPlot.fmtDate('{HH}:{mm}');
  const day = uPlot.fmtDate('{D} {MMM}');
  return (_, splits, __, ___, step) => splits.map(at => {
    const date = new Date(at * 1000);
    return step >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0) ? day(date) : clock(date);
  });
};

function drawMarks(plot, counts, colour) {
  const { ctx, bbox } = plot;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colour;
  counts.forEach((count, i) => {
    if (!count) return;
    const x = plot.valToPos(plot.data[0][i], 'x', true);
    const y = Math.max(bbox.top + size * 2, plot.valToPos(plot.data[1][i] ?? 0, 'y', true) - size * 1.5);
    ctx.beginPath();
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y - size);
    ctx.lineTo(x, y + size * 0.6);
    ctx.fill();
  });
  ctx.restore();
}

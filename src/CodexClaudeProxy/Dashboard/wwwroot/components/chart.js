// Stacked bars over time, drawn by uPlot, which is loaded when the first chart is shown.
import { html, useLayoutEffect, useRef } from '../lib/ui.js';
import { rate as percentOf, short } from '../lib/format.js';

/** A bar takes this part of its time, and no more than so many pixels. */
const BAR_SHARE = 0.7;
const BAR_WIDTH = 22;
/** The height of the lane of rates, and the space below it. */
const LANE = 30;
const LANE_GAP = 10;
/** The lane's scale ends at the highest rate, but not below this: one failure among thousands must not look like a wall. */
const LEAST_SCALE = 0.1;

let loading = null;

const library = () => (loading ??= new Promise((resolve, reject) => {
  const sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'assets/vendor/uplot/uplot.css' });
  const script = Object.assign(document.createElement('script'), {
    src: 'assets/vendor/uplot/uplot.js', onload: () => resolve(globalThis.uPlot), onerror: () => { loading = null; reject(new Error('uPlot')); },
  });
  document.head.append(sheet, script);
}));

/**
 * data: { times: [seconds], parts: [[values]], rates: [0..1] }, parts stacked from the bottom up. Another object is drawn anew, so it is made with useMemo.
 * colours: names of tokens, one per part; `rate` colours a lane of bars above the others that shows the rates, with a scale of its own.
 * onhover: (index or null)
 */
export function StackedBars({ data, colours, rate, height = 240, onhover }) {
  const box = useRef(null);
  const chart = useRef(null);
  useLayoutEffect(() => {
    chart.current = new Bars(box.current, { colours, rate, height, onhover });
    return () => chart.current.end();
  }, []);
  useLayoutEffect(() => { chart.current.show(data); }, [data]);
  return html`<div class="chart" aria-hidden="true" ref=${box}></div>`;
}

/** The plot in its element: painted anew when the theme changes, made to fit when the element does. */
class Bars {
  lane = { rates: [] };
  plot = null;
  data = null;
  uPlot = null;
  ended = new AbortController();

  constructor(box, look) {
    this.box = box;
    this.look = look;
    const { signal } = this.ended;
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.plot?.setSize({ width: Math.max(50, contentRect.width), height: look.height }));
    document.addEventListener('themechange', () => this.paint(), { signal });
    matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => this.paint(), { signal });
    library().then(uPlot => { if (!signal.aborted) { this.uPlot = uPlot; this.paint(); } }, () => {});
  }

  show(data) {
    this.data = data;
    if (!this.plot) { this.paint(); return; }
    this.lane.rates = data.rates;
    this.plot.setData(this.values());
  }

  values() { return [this.data.times, ...stack(this.data.parts)]; }

  paint() {
    if (!this.uPlot || !this.data) return;
    this.plot?.destroy();
    this.lane.rates = this.data.rates;
    this.plot = new this.uPlot(options(this.uPlot, this.box, { ...this.look, lane: this.lane }), this.values(), this.box);
    this.sizes.observe(this.box);
  }

  end() {
    this.ended.abort();
    this.sizes.disconnect();
    this.plot?.destroy();
  }
}

/** Sums from the bottom up, highest first: each bar is drawn over the one it stands on. */
function stack(parts) {
  const sums = [];
  parts.forEach((part, i) => sums.push(part.map((value, j) => (value ?? 0) + (i > 0 ? sums[i - 1][j] : 0))));
  return sums.reverse();
}

function options(uPlot, box, { colours, rate, lane, height, onhover }) {
  const colour = name => tokenColour(box, name);
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--faint'), font: '11px ui-sans-serif, system-ui, sans-serif', ticks: { show: false } };
  const bars = uPlot.paths.bars({ size: [BAR_SHARE, BAR_WIDTH], radius: 0.15 });
  return {
    width: Math.max(50, box.clientWidth), height, padding: [LANE + LANE_GAP + 8, 18, 0, 0], legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { range: withHalfABar }, y: { range: (_, low, high) => [0, Math.max(10, high * 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 64, size: 26, values: timeLabels(uPlot) },
      { ...axis, grid: line, size: 46, values: (_, values) => values.map(short) },
    ],
    series: [{}, ...[...colours].reverse().map(name => ({ fill: colour(name), stroke: colour(name), width: 0, paths: bars, points: { show: false } }))],
    hooks: {
      setCursor: [u => onhover?.(u.cursor.idx ?? null)],
      draw: [u => drawRates(u, lane.rates, { bar: colour(rate), line: line.stroke, text: axis.stroke, font: axis.font })],
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

/** The lane above the bars. What is not zero can be seen, and what is twice as much is twice as high. */
function drawRates(plot, rates, { bar, line, text, font }) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const height = LANE * ratio;
  const bottom = bbox.top - LANE_GAP * ratio;
  const scale = Math.max(LEAST_SCALE, ...rates);
  const [times] = plot.data;
  const step = times.length > 1 ? plot.valToPos(times[1], 'x', true) - plot.valToPos(times[0], 'x', true) : BAR_WIDTH * ratio;
  const width = Math.max(ratio, Math.min(step * BAR_SHARE, BAR_WIDTH * ratio));
  ctx.save();
  ctx.fillStyle = line;
  ctx.fillRect(bbox.left, bottom, bbox.width, ratio);
  ctx.fillStyle = bar;
  rates.forEach((rate, i) => {
    if (!rate) return;
    const tall = Math.max(2 * ratio, (height * rate) / scale);
    ctx.fillRect(plot.valToPos(times[i], 'x', true) - width / 2, bottom - tall, width, tall);
  });
  ctx.fillStyle = text;
  ctx.font = font.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(percentOf(scale), bbox.left - 5 * ratio, bottom - height);
  ctx.restore();
}

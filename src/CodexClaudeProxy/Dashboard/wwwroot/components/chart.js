// Values over time, drawn by uPlot, which is loaded when the first chart is shown: bars that stand on each other, or lines.
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
/** A drag shorter than this is a click. */
const LEAST_DRAG = 6;

/** How the scale is written, and where it ends at least. */
const COUNTS = { name: 'counts', axis: short, least: 10 };

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
 * isLines draws each part by itself; unit: see COUNTS
 * onhover: (index or null); onselect: (from, to) in seconds, dragged with the pointer; onpick: (index, part or null), clicked
 */
export function TimeChart({ data, colours, isLines = false, rate = null, unit = COUNTS, height = 240, onhover = null, onselect = null, onpick = null }) {
  const box = useRef(null);
  const chart = useRef(null);
  useLayoutEffect(() => {
    chart.current = new Chart(box.current);
    return () => chart.current.end();
  }, []);
  useLayoutEffect(() => { chart.current.show(data, { colours, isLines, rate, unit, height, onhover, onselect, onpick }); });
  return html`<div class="chart" aria-hidden="true" data-picks=${onpick ? '' : null} style=${{ minHeight: `${height}px` }} ref=${box}></div>`;
}

/** The plot in its element: painted anew when the look or the theme changes, made to fit when the element does. */
class Chart {
  plot = null;
  data = null;
  look = null;
  uPlot = null;
  isDragged = false;
  ended = new AbortController();

  constructor(box) {
    this.box = box;
    const { signal } = this.ended;
    this.sizes = new ResizeObserver(([{ contentRect }]) => this.plot?.setSize({ width: Math.max(50, contentRect.width), height: this.look.height }));
    document.addEventListener('themechange', () => this.paint(), { signal });
    matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => this.paint(), { signal });
    library().then(uPlot => { if (!signal.aborted) { this.uPlot = uPlot; this.paint(); } }, () => {});
  }

  show(data, look) {
    const isKnown = this.plot !== null && signature(look) === signature(this.look);
    const isOld = isKnown && data === this.data;
    this.data = data;
    this.look = look;
    if (!isKnown) this.paint();
    else if (!isOld) this.plot.setData(this.values());
  }

  values() {
    const { times, parts } = this.data;
    return [times, ...(this.look.isLines ? parts : stack(parts)).toReversed()];
  }

  paint() {
    if (!this.uPlot || !this.data) return;
    this.plot?.destroy();
    this.plot = new this.uPlot(options(this.uPlot, this), this.values(), this.box);
    this.plot.over.addEventListener('mousedown', () => { this.isDragged = false; });
    this.plot.over.addEventListener('click', () => this.pick());
    this.sizes.observe(this.box);
  }

  select({ select: { left, width } }) {
    this.isDragged = width >= LEAST_DRAG;
    if (this.isDragged) this.look.onselect?.(this.plot.posToVal(left, 'x'), this.plot.posToVal(left + width, 'x'));
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  pick() {
    const { idx, top } = this.plot.cursor;
    if (this.isDragged || idx === null || idx === undefined) return;
    this.look.onpick?.(idx, partAt(this, idx, this.plot.posToVal(top, 'y')));
  }

  end() {
    this.ended.abort();
    this.sizes.disconnect();
    this.plot?.destroy();
  }
}

/** What a plot cannot change once it is there. */
const signature = ({ colours, isLines, rate, unit, height }) => [isLines, rate, unit.name, height, ...colours].join(' ');

/** Sums from the bottom up. Drawn from the highest one on: each bar is drawn over the one it stands on. */
function stack(parts) {
  const sums = [];
  parts.forEach((part, i) => sums.push(part.map((value, j) => (value ?? 0) + (i > 0 ? sums[i - 1][j] : 0))));
  return sums;
}

/** Which part is meant by a height: the bar that is there, or the nearest line; null above all bars. */
function partAt({ data: { parts }, look: { isLines } }, index, height) {
  if (!isLines) {
    const part = stack(parts).findIndex(sums => sums[index] >= height);
    return part < 0 ? null : part;
  }
  const distances = parts.map(part => Math.abs((part[index] ?? Infinity) - height));
  const nearest = Math.min(...distances);
  return Number.isFinite(nearest) ? distances.indexOf(nearest) : null;
}

function options(uPlot, chart) {
  const { box, look: { colours, isLines, rate, unit, height } } = chart;
  const colour = name => tokenColour(box, name);
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--faint'), font: '11px ui-sans-serif, system-ui, sans-serif', ticks: { show: false } };
  const bars = uPlot.paths.bars({ size: [BAR_SHARE, BAR_WIDTH], radius: 0.15 });
  const series = isLines
    ? name => ({ stroke: colour(name), width: 2, points: { size: 5, fill: colour(name) } })
    : name => ({ fill: colour(name), stroke: colour(name), width: 0, paths: bars, points: { show: false } });
  return {
    width: Math.max(50, box.clientWidth), height, padding: [rate ? LANE + LANE_GAP + 8 : 10, 18, 0, 0], legend: { show: false },
    cursor: { y: false, points: { show: isLines }, drag: { x: chart.look.onselect !== null, y: false, setScale: false } },
    scales: { x: { range: withHalfABar }, y: { range: (_, low, high) => [0, Math.max(unit.least, (high ?? 0) * 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 64, size: 26, values: timeLabels(uPlot) },
      { ...axis, grid: line, size: 50, values: (_, values) => values.map(unit.axis) },
    ],
    series: [{}, ...colours.toReversed().map(series)],
    hooks: {
      setCursor: [u => chart.look.onhover?.(u.cursor.idx ?? null)],
      setSelect: [u => chart.select(u)],
      draw: rate ? [u => drawRates(u, chart.data.rates, { bar: colour(rate), line: line.stroke, text: axis.stroke, font: axis.font })] : [],
    },
  };
}

/** Otherwise the first and the last bar are cut. */
function withHalfABar({ data: [times] }, low, high) {
  const half = times.length > 1 ? (times[1] - times[0]) / 2 : 60;
  return [low - half, high + half];
}

/** A canvas does not know custom properties, nor light-dark(): the browser works the colour out for an element. With forced colours, too, data keep theirs. */
function tokenColour(box, name) {
  box.style.forcedColorAdjust = 'none';
  box.style.color = `var(${name})`;
  const value = getComputedStyle(box).color;
  box.style.color = '';
  box.style.forcedColorAdjust = '';
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

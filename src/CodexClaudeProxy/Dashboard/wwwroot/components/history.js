// How a window filled up: steps over time, from samples that were taken at each change. Drawn as SVG, so the tokens colour it in both themes.
import { html, useMemo, useSignal } from '../lib/ui.js';
import { parse, percent, when } from '../lib/format.js';
import { texts } from '../texts.js';

const words = texts.history;
const whenAt = milliseconds => when(new Date(milliseconds).toISOString());
const WIDTH = 1000;
const HEIGHT = 100;

/** samples: [{ at, usedPercent }], oldest first; the last one is true until now. */
export function HistoryChart({ samples }) {
  const read = useSignal(null);
  const until = useMemo(() => Date.now(), [samples.length, samples.at(-1).at]);
  const points = samples.map(sample => ({ at: parse(sample.at), used: Math.min(100, sample.usedPercent) }));
  const from = points[0].at;
  const length = Math.max(1, until - from);
  const x = at => ((at - from) / length) * WIDTH;
  const line = points.map(({ at, used }, i) => `${i === 0 ? 'M' : 'H'}${x(at).toFixed(1)}${i === 0 ? ` ${(HEIGHT - used).toFixed(1)}` : `V${(HEIGHT - used).toFixed(1)}`}`).join('') + `H${WIDTH}`;
  const highest = points.reduce((best, point) => (point.used > best.used ? point : best));
  const summary = words.summary(percent(points[0].used), whenAt(from), percent(points.at(-1).used), percent(highest.used), whenAt(highest.at));
  const move = ({ currentTarget, clientX }) => {
    const box = currentTarget.getBoundingClientRect();
    const at = from + ((clientX - box.left) / box.width) * length;
    read.value = { at, used: points.findLast(point => point.at <= at)?.used ?? points[0].used };
  };
  const cursor = read.value ? x(read.value.at) : 0;

  return html`<figure class="history">
    <div class="scale faint small" aria-hidden="true"><span>100 %</span><span>50 %</span><span>0 %</span></div>
    <div class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${summary} onpointermove=${move} onpointerleave=${() => { read.value = null; }}>
      ${[25, 50, 75].map(at => html`<line class="grid" x1="0" x2=${WIDTH} y1=${at} y2=${at} />`)}
      <path class="area" d="${line}V${HEIGHT}H0Z" />
      <path class="line" d=${line} />
      <line class="cursor" x1=${cursor} x2=${cursor} y1="0" y2=${HEIGHT} visibility=${read.value ? 'visible' : 'hidden'} />
    </svg></div>
    <figcaption class="small muted">
      <span>${whenAt(from)}</span>
      <span class="reading">${read.value ? words.at(whenAt(read.value.at), percent(read.value.used)) : words.highest(percent(highest.used))}</span>
      <span>${texts.time.now}</span>
    </figcaption>
  </figure>`;
}

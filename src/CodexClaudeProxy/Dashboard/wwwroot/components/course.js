// How much of a quota remains in the coming days: straight lines at the present pace, and a step up at each reset.
import { html, useSignal } from '../lib/ui.js';
import { parse, percent, when } from '../lib/format.js';
import { texts } from '../texts.js';

const words = texts.course;
const DAY = 86_400_000;
const DAYS = 7;
/** Just after a reset. */
const MOMENT = 60_000;
const WIDTH = 1000;
const HEIGHT = 100;
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const whenAt = at => when(new Date(at).toISOString());

/**
 * @param from the beginning, ISO; course [{ at, used }] of `capacity`, the oldest first; dryAt ISO or null
 * @param resets [{ at, name, isMain }]: those of the quota that is drawn, and those of shorter ones
 */
export function Course({ from: begin, course, capacity, dryAt, resets }) {
  const read = useSignal(null);
  const from = parse(begin);
  const points = course.map(point => ({ at: parse(point.at), left: 100 * Math.max(0, 1 - point.used / capacity) })).filter(point => point.at <= from + DAYS * DAY);
  const marks = resets.map(reset => ({ ...reset, at: parse(reset.at) })).filter(reset => reset.at >= from && reset.at <= from + DAYS * DAY);
  const dry = parse(dryAt);
  const x = at => ((at - from) / (DAYS * DAY)) * 100;
  const line = points.map(({ at, left }, i) => `${i === 0 ? 'M' : 'L'}${(x(at) * WIDTH / 100).toFixed(1)} ${(HEIGHT - left).toFixed(1)}`).join('');
  const move = ({ currentTarget, clientX }) => {
    const box = currentTarget.getBoundingClientRect();
    read.value = from + ((clientX - box.left) / box.width) * DAYS * DAY;
  };
  const end = dry !== null && dry <= from + DAYS * DAY ? words.dry(when(dryAt)) : words.lasts;
  const names = marks.filter(mark => mark.isMain).map(mark => words.reset(mark.name, whenAt(mark.at)));
  const summary = [words.name, points.length ? words.now(percent(Math.round(points[0].left))) : null, end, ...names].filter(Boolean).join('. ');

  return html`<figure class="course">
    <figcaption class="small"><span class="muted">${words.name}</span><span class="cut ${dry === null ? '' : 'warn'}">${read.value === null ? end : reading(read.value, points, marks)}</span></figcaption>
    <div class="plot" role="img" aria-label=${summary} onpointermove=${move} onpointerleave=${() => { read.value = null; }}>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        ${days(from).map(at => html`<line class="grid" x1=${x(at) * WIDTH / 100} x2=${x(at) * WIDTH / 100} y1="0" y2=${HEIGHT} />`)}
        ${points.length > 1 && html`<path class="area" d="${line}V${HEIGHT}H0Z" /><path class="line" d=${line} />`}
      </svg>
      ${marks.map(mark => html`<i class=${mark.isMain ? 'reset' : 'reset minor'} title=${words.reset(mark.name, whenAt(mark.at))} style=${{ left: `${x(mark.at).toFixed(2)}%`, bottom: mark.isMain ? `${leftAt(points, mark.at + MOMENT).toFixed(1)}%` : 0 }}></i>`)}
      ${dry !== null && x(dry) <= 100 && html`<i class="dry" style=${{ left: `${x(dry).toFixed(2)}%` }}></i>`}
    </div>
    <div class="axis faint" aria-hidden="true">${days(from).filter(at => x(at) < 92).map(at => html`<span style=${{ left: `${x(at).toFixed(2)}%` }}>${weekday.format(at)}</span>`)}</div>
  </figure>`;
}

/** The midnights ahead. */
function days(from) {
  const first = new Date(from);
  return Array.from({ length: DAYS }, (_, i) => new Date(first.getFullYear(), first.getMonth(), first.getDate() + 1 + i).getTime());
}

/** What remains at a time, in percent; after a reset where two points share a time. Beyond the last point nothing is known: its own value. */
function leftAt(points, at) {
  const next = points.findIndex(point => point.at > at);
  if (next === 0 || points.length === 0) return points[0]?.left ?? 0;
  if (next < 0) return points.at(-1).left;
  const [a, b] = [points[next - 1], points[next]];
  return a.left + (b.left - a.left) * ((at - a.at) / (b.at - a.at));
}

/** A reset close to the pointer is named, else what remains. */
function reading(at, points, marks) {
  const near = marks.find(mark => mark.isMain && Math.abs(mark.at - at) < DAY / 12);
  if (near) return words.reset(near.name, whenAt(near.at));
  return points.length && at <= points.at(-1).at ? words.remaining(whenAt(at), percent(Math.round(leftAt(points, at)))) : words.unknown(whenAt(at));
}

// Quota windows: one bar each, with a tick where even spending would be.
import { h } from '../lib/dom.js';
import { now } from '../lib/clock.js';
import { parse, percent, span, when, moment } from '../lib/format.js';
import { texts } from '../texts.js';
import { icon } from './icons.js';

/** windows of GET /api/pool or limits of GET /accounts. */
export const windowList = windows => (windows?.length
  ? h('div', { class: 'windows' }, windows.map(windowBar))
  : h('p', { class: 'muted' }, texts.account.noWindows));

/** { name, limit, model, windowSeconds, usedPercent, leftPercent, resetsAt, exhausted, pace }: full is not used up where credits or upstream's patience go on serving */
export function windowBar(window) {
  const name = windowName(window);
  const used = window.usedPercent;
  const ends = parse(window.resetsAt);
  const isDue = () => ends !== null && ends <= now();
  const expected = () => expectedUse(window, ends, now());
  return h('div', { class: 'window' },
    h('div', { class: 'top' },
      // A long model name is cut, the length of the window is not: it tells the model's windows apart.
      h('span', { class: 'strong name-of', title: name }, owner(window) && h('span', { class: 'cut' }, owner(window)), h('span', { class: 'nowrap' }, `${owner(window) ? ' · ' : ''}${length(window)}`)),
      h('span', { class: `nowrap ${window.exhausted ? 'bad strong' : ''}` }, window.exhausted ? texts.window.exhausted : texts.window.left(percent(window.leftPercent)))),
    h('div', {
      class: 'track', role: 'meter', ariaValuemin: 0, ariaValuemax: 100, ariaValuenow: used === null ? null : Math.min(100, used),
      ariaLabel: () => texts.window.name(name, percent(used), expected() === null ? null : percent(Math.round(expected()))),
      title: () => `${texts.window.used(percent(used))}${expected() === null ? '' : `. ${texts.window.expected(percent(Math.round(expected())))}`}`,
    },
      used > 0 && h('span', { class: `bar-fill ${urgency(window)}`, style: { width: `${Math.min(100, used)}%` } }),
      () => expected() !== null && h('span', { class: 'tick', style: { left: `${expected()}%` } })),
    h('div', { class: 'under' },
      h('span', {}, paceSentence(window, ends)),
      h('span', { class: 'nowrap' }, () => (ends === null ? texts.window.unknownReset
        : isDue() ? texts.window.due
        : h('time', { datetime: window.resetsAt, title: moment(window.resetsAt) }, `${texts.window.resets} ${texts.time.in(span(ends - now()))}`)))));
}

export const windowName = window => (owner(window) ? `${owner(window)} · ${length(window)}` : length(window));

const owner = ({ model, limit }) => model ?? limit;

const length = ({ name }) => texts.window.names[name] ?? name;

/** Where the bar would be if the window were spent evenly, in percent, or null. */
export function expectedUse({ windowSeconds }, ends, at) {
  if (ends === null || !windowSeconds || ends <= at) return null;
  return Math.max(0, Math.min(100, 100 * (1 - (ends - at) / (windowSeconds * 1000))));
}

export function urgency({ usedPercent, pace }) {
  if (usedPercent >= 95) return 'bad';
  return pace && pace.lastsUntilReset === false ? 'warn' : '';
}

function paceSentence({ pace, usedPercent }, ends) {
  if (usedPercent >= 100) return '';
  if (!pace) return texts.window.paceUnknown;
  if (!pace.percentPerHour) return texts.window.paceIdle;
  const empty = parse(pace.emptyAt);
  if (pace.lastsUntilReset === false && empty !== null) {
    return h('span', { class: 'row warn', title: texts.window.paceShort(span(ends - empty)) }, icon('alert', 13), texts.window.paceEnds(when(pace.emptyAt)));
  }
  return texts.window.paceLasts(percent(Math.min(100, Math.round(pace.usedAtReset))));
}

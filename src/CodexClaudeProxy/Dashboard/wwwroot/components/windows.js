// Quota windows: one bar each, with a tick where even spending would be.
import { html } from '../lib/ui.js';
import { calmNow, now } from '../lib/clock.js';
import { parse, percent, span, when, moment } from '../lib/format.js';
import { texts } from '../texts.js';
import { Icon } from './icons.js';

const words = texts.window;

/** windows of GET /api/pool or limits of GET /accounts. */
export const WindowList = ({ windows }) => (windows?.length
  ? html`<div class="windows">${windows.map(window => html`<${WindowBar} key=${windowName(window)} window=${window} />`)}</div>`
  : html`<p class="muted">${texts.account.noWindows}</p>`);

/** { name, limit, model, windowSeconds, usedPercent, leftPercent, resetsAt, exhausted, pace }: full is not used up where credits or upstream's patience go on serving */
export function WindowBar({ window }) {
  const name = windowName(window);
  const ends = parse(window.resetsAt);
  // A long model name is cut, the length of the window is not: it tells the model's windows apart.
  return html`<div class="window">
    <div class="top">
      <span class="strong name-of" title=${name}>${owner(window) && html`<span class="cut">${owner(window)}</span>`}<span class="nowrap">${owner(window) ? '\u00a0· ' : ''}${length(window)}</span></span>
      <span class=${window.exhausted ? 'nowrap bad strong' : 'nowrap'}>${remaining(window)}</span>
    </div>
    <${Track} ...${{ name, kind: urgency(window), used: window.usedPercent, expected: expectedUse(window, ends, now.value) }} />
    <div class="under">
      <span>${paceSentence(window, ends)}</span>
      <span class="nowrap">${ends === null ? words.unknownReset : ends <= now.value ? words.due
        : html`<time datetime=${window.resetsAt} title=${moment(window.resetsAt)}>${words.resets} ${texts.time.in(span(ends - now.value))}</time>`}</span>
    </div>
  </div>`;
}

/**
 * The same in two lines, for lists: what is not written is in the bar's tool tip, and said by its name. A model's limit shows its name instead of its reset.
 * @param others further windows that have no cell of their own
 */
export function WindowCell({ window, others = [] }) {
  const ends = parse(window.resetsAt);
  const at = calmNow.value;
  const left = window.exhausted ? words.exhausted : words.left(briefly(window.leftPercent));
  return html`<div class="window brief">
    ${isOwn(window)
      ? html`<div class="top"><span class="cut"><span class="strong">${shortName(window)}</span> ${window.exhausted ? html`<span class="bad strong">${left}</span>` : html`${briefly(window.leftPercent)} <span class="unit">${words.remaining}</span>`}</span><${Reset} window=${window} at=${at} /></div>`
      : html`<div class="top" title="${windowName(window)}: ${left}"><span class="cut strong">${windowName(window)}</span>${others.length > 0 && html`<span class="muted" title=${others.map(windowName).join(', ')}>+${others.length}</span>`}<span class=${window.exhausted ? 'nowrap bad strong' : 'nowrap'}>${window.exhausted ? words.exhausted : briefly(window.leftPercent)}</span></div>`}
    <${Track} ...${{ name: windowName(window), kind: urgency(window), used: window.usedPercent, expected: expectedUse(window, ends, at), more: sentences(window, ends, at) }} />
  </div>`;
}

function Reset({ window, at }) {
  const ends = parse(window.resetsAt);
  const isShort = runsShort(window);
  return html`<span class=${isShort ? 'row nowrap warn' : 'nowrap muted'}>${isShort && html`<${Icon} name="alert" size=${11} />`}${ends === null ? '' : ends <= at ? texts.time.now
    : html`<time datetime=${window.resetsAt} title="${words.resets} ${moment(window.resetsAt)}">${span(ends - at)}</time>`}</span>`;
}

/** @param used percent, or null; expected where the bar would be at a constant rate, or null; more sentences for the tool tip. */
export function Track({ name, used, expected, kind = '', more = '' }) {
  const about = expected === null ? null : percent(Math.round(expected));
  const told = [words.used(percent(used)), about && words.expected(about), more].filter(Boolean).join('. ');
  return html`<div class="track" role="meter" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${used === null ? null : Math.min(100, used)}
    aria-label=${[words.name(name, percent(used), about), more].filter(Boolean).join('. ')} title=${told}>
    ${used > 0 && html`<span class="bar-fill ${kind}" style=${{ width: `${Math.min(100, used)}%` }}></span>`}
    ${expected !== null && html`<span class="tick" style=${{ left: `${Math.round(expected * 5) / 5}%` }}></span>`}
  </div>`;
}

export const windowName = window => (owner(window) ? `${owner(window)} · ${length(window)}` : length(window));

/** It is the plan's, not the limit that a model has to itself. */
export const isOwn = window => !window.model && !window.limit;

/** The limits that single models have to themselves, as far as they are used; the tightest first. */
export const usedLimits = windows => windows.filter(window => !isOwn(window) && window.usedPercent > 0).sort((a, b) => b.usedPercent - a.usedPercent);

const owner = ({ model, limit }) => model ?? limit;

export const shortName = ({ name }) => words.shortNames[name] ?? name;

const length = ({ name }) => words.names[name] ?? name;

const remaining = window => (window.exhausted ? words.exhausted : words.left(percent(window.leftPercent)));

/** In whole percents, as long as that is not nothing. */
const briefly = value => percent(value < 1 ? value : Math.round(value));

/** Where the bar would be if the window were spent evenly, in percent, or null. */
export function expectedUse({ windowSeconds }, ends, at) {
  if (ends === null || !windowSeconds || ends <= at) return null;
  return Math.max(0, Math.min(100, 100 * (1 - (ends - at) / (windowSeconds * 1000))));
}

export function urgency({ usedPercent, pace }) {
  if (usedPercent >= 95) return 'bad';
  return pace && pace.lastsUntilReset === false ? 'warn' : '';
}

/** It does not last until its reset. */
const runsShort = ({ pace, usedPercent }) => usedPercent < 100 && pace?.lastsUntilReset === false && parse(pace.emptyAt) !== null;

function sentences(window, ends, at) {
  const pace = runsShort(window) ? words.paceEnds(when(window.pace.emptyAt)) : window.pace?.percentPerHour && window.usedPercent < 100 ? words.paceLasts(atReset(window.pace)) : '';
  return [pace.replace(/\.$/, ''), ends === null ? words.unknownReset : ends <= at ? words.due : `${words.resets} ${moment(window.resetsAt)}`].filter(Boolean).join('. ');
}

const atReset = pace => percent(Math.min(100, Math.round(pace.usedAtReset)));

function paceSentence(window, ends) {
  const { pace, usedPercent } = window;
  if (usedPercent >= 100) return '';
  if (!pace) return words.paceUnknown;
  if (!pace.percentPerHour) return words.paceIdle;
  if (!runsShort(window)) return words.paceLasts(atReset(pace));
  return html`<span class="row warn" title=${words.paceShort(span(ends - parse(pace.emptyAt)))}><${Icon} name="alert" size=${13} />${words.paceEnds(when(pace.emptyAt))}</span>`;
}

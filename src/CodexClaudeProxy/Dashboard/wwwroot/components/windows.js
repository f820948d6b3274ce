// Quota windows: one bar each, with a tick where even spending would be.
import { html } from '../lib/ui.js';
import { now } from '../lib/clock.js';
import { parse, percent, span, when, moment } from '../lib/format.js';
import { texts } from '../texts.js';
import { Icon } from './icons.js';

/** windows of GET /api/pool or limits of GET /accounts. */
export const WindowList = ({ windows }) => (windows?.length
  ? html`<div class="windows">${windows.map(window => html`<${WindowBar} key=${windowName(window)} window=${window} />`)}</div>`
  : html`<p class="muted">${texts.account.noWindows}</p>`);

/** { name, limit, model, windowSeconds, usedPercent, leftPercent, resetsAt, exhausted, pace }: full is not used up where credits or upstream's patience go on serving */
export function WindowBar({ window }) {
  const name = windowName(window);
  const used = window.usedPercent;
  const ends = parse(window.resetsAt);
  const expected = expectedUse(window, ends, now.value);
  const about = expected === null ? null : percent(Math.round(expected));
  // A long model name is cut, the length of the window is not: it tells the model's windows apart.
  return html`<div class="window">
    <div class="top">
      <span class="strong name-of" title=${name}>${owner(window) && html`<span class="cut">${owner(window)}</span>`}<span class="nowrap">${owner(window) ? ' · ' : ''}${length(window)}</span></span>
      <span class=${window.exhausted ? 'nowrap bad strong' : 'nowrap'}>${window.exhausted ? texts.window.exhausted : texts.window.left(percent(window.leftPercent))}</span>
    </div>
    <div class="track" role="meter" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${used === null ? null : Math.min(100, used)}
      aria-label=${texts.window.name(name, percent(used), about)} title=${`${texts.window.used(percent(used))}${about === null ? '' : `. ${texts.window.expected(about)}`}`}>
      ${used > 0 && html`<span class="bar-fill ${urgency(window)}" style=${{ width: `${Math.min(100, used)}%` }}></span>`}
      ${expected !== null && html`<span class="tick" style=${{ left: `${expected}%` }}></span>`}
    </div>
    <div class="under">
      <span>${paceSentence(window, ends)}</span>
      <span class="nowrap">${ends === null ? texts.window.unknownReset : ends <= now.value ? texts.window.due
        : html`<time datetime=${window.resetsAt} title=${moment(window.resetsAt)}>${texts.window.resets} ${texts.time.in(span(ends - now.value))}</time>`}</span>
    </div>
  </div>`;
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
    return html`<span class="row warn" title=${texts.window.paceShort(span(ends - empty))}><${Icon} name="alert" size=${13} />${texts.window.paceEnds(when(pace.emptyAt))}</span>`;
  }
  return texts.window.paceLasts(percent(Math.min(100, Math.round(pace.usedAtReset))));
}

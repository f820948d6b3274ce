// All accounts together: how much of each kind of quota window remains, and how long that lasts.
import { html } from '../lib/ui.js';
import { calmNow } from '../lib/clock.js';
import { parse, percent, span, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { texts } from '../texts.js';
import { Course } from '../components/course.js';
import { expectedUse, isOwn, shortName, Track } from '../components/windows.js';

const words = texts.pool;

/** forecast: GET /api/forecast as it is polled. Where the program does not tell it, there is no line. */
export function PoolLine({ forecast }) {
  const { data: { value: data }, error } = forecast;
  if (data === null) return error.value === null ? html`<div class="pool" aria-busy="true"><span class="unseen">${texts.loading}</span></div>` : null;
  const windows = data.windows.filter(isOwn);
  const longest = windows.reduce((best, window) => (best && best.windowSeconds >= window.windowSeconds ? best : window), null);
  if (longest === null || windows.every(window => window.capacity === 0)) return null;
  const resets = data.resets.filter(isOwn).map(reset => ({ at: reset.at, name: `${who(reset.accountLabel)}, ${texts.window.names[reset.window] ?? reset.window}`, isMain: reset.window === longest.name }));
  return html`<section class="pool" aria-label=${words.name}>
    <div class="sums">${windows.map(window => html`<${Sum} key=${window.name} window=${window} accounts=${data.accounts} />`)}</div>
    <${Course} ...${{ from: data.at, course: longest.course, capacity: longest.capacity, dryAt: longest.runsDryAt, resets }} />
  </section>`;
}

function Sum({ window, accounts }) {
  const at = calmNow.value;
  const name = texts.window.names[window.name] ?? window.name;
  const dry = parse(window.runsDryAt);
  const reset = parse(window.nextResetAt);
  const ends = dry !== null ? `${words.dry(when(window.runsDryAt))}${words.in(span(dry - at))}` : reset !== null && reset > at ? words.nextReset(span(reset - at)) : '';
  return html`<div class="window brief">
    <div class="top">
      <span class="cut"><span class="strong">${words.all} · ${shortName(window)}</span> <span title=${words.of(window.capacity)}>${window.capacity === 0 ? texts.window.exhausted : texts.window.left(percent(Math.round(100 - window.usedPercent)))}</span></span>
      ${dry === null ? html`<span class="nowrap muted">${ends}</span>` : html`<span class="nowrap warn">${words.dry(when(window.runsDryAt))}<span class="wide-only">${words.in(span(dry - at))}</span></span>`}
    </div>
    <${Track} ...${{ name: words.window(name, window.capacity), used: window.usedPercent, expected: expectedOf(window, accounts, at), kind: kindOf(window), more: ends }} />
  </div>`;
}

export const kindOf = window => (window.usedPercent >= 95 ? 'bad' : window.runsDryAt ? 'warn' : '');

/** Where the accounts that count would be together, each at a constant rate; null when that is not known of every one. */
function expectedOf({ name, capacity }, accounts, at) {
  const all = accounts.filter(account => account.state !== 'disabled' && account.state !== 'needs-sign-in')
    .flatMap(account => account.windows.filter(window => isOwn(window) && window.name === name)).map(window => expectedUse(window, parse(window.resetsAt), at));
  if (all.length !== capacity || all.includes(null)) return null;
  return all.reduce((sum, each) => sum + each, 0) / capacity;
}

// Which time is looked at: until now, or from one moment to another.
import { html, useSignal } from '../lib/ui.js';
import { parse, when, zone } from '../lib/format.js';
import { param } from '../lib/router.js';
import { texts } from '../texts.js';
import { Field, Segments } from '../components/parts.js';
import { RANGES, setRange, setTime } from './analytics-query.js';

const words = texts.analytics;
const WIDTH = 'YYYY-MM-DDTHH:MM'.length;

/** What such a field holds: the local time. */
const toField = iso => {
  const at = parse(iso || null);
  return at === null || Number.isNaN(at) ? '' : new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, WIDTH);
};

/** data: the answer that is shown, whose time the fields begin with */
export function TimeChoice({ data, range }) {
  const choose = id => {
    if (id !== 'custom') setRange(id);
    else setTime(toMinute(data?.from ?? new Date(Date.now() - 86_400_000).toISOString()), toMinute(data?.to ?? new Date().toISOString()), { replace: true });
  };
  return html`<div class="stack">
    <div class="row wrap"><${Segments} class="segments ranges" name=${words.range} options=${[...RANGES, 'custom'].map(id => [id, words.ranges[id]])} value=${range} onchange=${choose} />
      <span class="small muted push period">${data && range !== 'custom' ? words.period(when(data.from), zone()) : ''}</span></div>
    ${range === 'custom' && html`<${Fields} key=${`${param('from')} ${param('to')}`} />`}
  </div>`;
}

const toMinute = iso => new Date(Math.floor(Date.parse(iso) / 60_000) * 60_000).toISOString();

/** What is typed counts when it is sent: half a date is no time. */
function Fields() {
  const from = useSignal(toField(param('from')));
  const to = useSignal(toField(param('to')));
  const error = useSignal(null);
  const send = event => {
    event.preventDefault();
    if (!from.value || (to.value && to.value <= from.value)) { error.value = from.value ? words.wrongOrder : words.noBegin; return; }
    setTime(new Date(from.value).toISOString(), to.value ? new Date(to.value).toISOString() : null);
  };
  const field = (value, label, isWrong) => html`<${Field} label=${label} error=${isWrong ? error.value : null}>${(id, about) => html`<input class="input" type="datetime-local" id=${id} value=${value.value} aria-describedby=${about}
    aria-invalid=${isWrong && error.value ? 'true' : null} oninput=${event => { value.value = event.currentTarget.value; error.value = null; }} />`}<//>`;
  return html`<form class="row wrap custom" onsubmit=${send}>
    ${field(from, words.from, true)}${field(to, words.to, false)}
    <button type="submit" class="button primary">${words.apply}</button>
    <p class="small muted">${words.localTime(zone(), Intl.DateTimeFormat().resolvedOptions().timeZone)}</p>
  </form>`;
}

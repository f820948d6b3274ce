// Numbers, times and durations as people read them. What is not known is a dash, never a zero.
import { texts } from '../texts.js';

const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat('en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit' });
const dateAndTime = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const DASH = '–';

const known = (value, write) => (value === null || value === undefined || Number.isNaN(value) ? DASH : write(value));

export const number = value => known(value, v => whole.format(v));

/** 12.3K */
export const short = value => known(value, v => (Math.abs(v) < 10_000 ? whole.format(v) : compact.format(v)));

/** 0..100 */
export const percent = value => known(value, v => `${v > 0 && v < 0.1 ? '<0.1' : oneDigit.format(v)} %`);

/** 0..1 */
export const rate = value => known(value, v => percent(v * 100));

const money = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const smallMoney = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 3 });

const muchMoney = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', notation: 'compact', maximumFractionDigits: 1 });

/** $12.34, $1.2M; a price that has a third digit keeps it: $0.125. */
export const usd = value => known(value, v => (v > 0 && v < 0.001 ? '<$0.001' : (v < 1 ? smallMoney : v < 10_000 ? money : muchMoney).format(v)));

const dayOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** 29 Nov 2026, from 2026-11-29. */
export const day = date => known(parse(date), value => dayOnly.format(value));

export const bytes = value => known(value, v => {
  let unit = 0;
  while (v >= 1000 && unit < 4) { v /= 1000; unit++; }
  return `${v >= 100 || unit === 0 ? Math.round(v) : oneDigit.format(v)} ${['B', 'kB', 'MB', 'GB', 'TB'][unit]}`;
});

/** For measured times: 840 ms, 2.4 s, 3 m 05 s. */
export const ms = value => known(value, v => {
  if (v < 1000) return `${Math.round(v)} ms`;
  if (v < 60_000) return `${(v / 1000).toFixed(v < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(v / 60_000)} m ${String(Math.floor(v / 1000) % 60).padStart(2, '0')} s`;
});

/** For waiting times: 4 d 12 h, 3 h 20 m, 12 m, 40 s. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} m`;
  return minutes > 0 ? `${minutes} m` : `${seconds} s`;
}

export const parse = iso => (iso === null || iso === undefined ? null : Date.parse(iso));

const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

/** As short as it is clear: 14:05, Thu 14:05, 3 Dec 14:05. */
export const when = (iso, at = Date.now()) => known(parse(iso), time => {
  if (sameDay(time, at)) return clockTime.format(time);
  return Math.abs(time - at) < 6 * 86_400_000 ? dayAndTime.format(time) : dateAndTime.format(time);
});

const zoneOf = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' });

/** The zone of the browser at a time: UTC+1. */
export const zone = (at = Date.now()) => zoneOf.formatToParts(at).find(part => part.type === 'timeZoneName').value.replace('GMT', 'UTC');

/** The same with its zone: 14:05 UTC+1. */
export const zoned = (iso, at = Date.now()) => known(parse(iso), value => `${when(iso, at)} ${zone(value)}`);

export const time = iso => known(parse(iso), value => clockSeconds.format(value));

export const moment = iso => known(parse(iso), value => full.format(value));

/** 3 m ago */
export const ago = (iso, at = Date.now()) => known(parse(iso), value =>
  (at - value < 5000 ? texts.time.justNow : texts.time.ago(span(at - value))));

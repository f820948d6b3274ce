// Recording bodies, for a few minutes at a time.
import { h } from '../lib/dom.js';
import { now } from '../lib/clock.js';
import { post } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { bytes, number, parse, span } from '../lib/format.js';
import { computed, effect, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { button, field, note, select } from '../components/parts.js';
import { openDialog } from '../components/dialog.js';
import { attempt } from '../components/toast.js';

const words = texts.requests.capture;

// Shared by the button, the note and the drawer.
const state = signal(null);

async function change(minutes, done) {
  const answer = await attempt(() => post('/api/capture', { minutes }), done);
  if (answer?.until !== undefined) state.set(answer);
}

const isOn = () => state() !== null && parse(state().until) > now();

export function captureButton() {
  const on = computed(isOn);
  return () => !on() && button({ icon: 'record', onclick: askForMinutes }, words.start);
}

/** Tells that bodies are recorded, and until when. */
export function captureNote() {
  const polled = poll('/api/capture', 10_000);
  effect(() => { if (polled.data() !== null) state.set(polled.data()); });
  const on = computed(isOn);
  return () => on() && h('div', { class: 'note warn' },
      h('div', { class: 'row wrap grow' }, () => words.on(span(parse(state().until) - now()), number(state().kept), bytes(state().bytes)),
        button({ kind: 'small push', onclick: () => change(0, words.stopped) }, words.stop)));
}

export async function askForMinutes() {
  const minutes = signal('5');
  const agreed = await openDialog({
    title: words.title,
    content: () => h('div', { class: 'stack' },
      note(words.warning, 'warn'),
      field({ label: words.minutes }, id => select({ id, value: minutes, onchange: minutes.set, options: () => ['5', '15', '30', '60'].map(n => [n, words.minutesOf(n)]) }))),
    actions: close => [
      button({ onclick: () => close(false), autofocus: true }, texts.actions.cancel),
      button({ kind: 'primary', onclick: () => close(true) }, words.start),
    ],
  });
  if (agreed) await change(Number(minutes.peek()), words.started);
}

// What was sent and answered, if it was recorded.
import { h } from '../lib/dom.js';
import { poll } from '../lib/feed.js';
import { computed, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { button, codeBlock, loaded, note, segments } from '../components/parts.js';
import { askForMinutes } from './requests-capture.js';

const words = texts.requests.drawer;
const PARTS = ['request', 'upstream', 'answer'];

export function bodies({ id, capture }) {
  if (!capture) {
    return h('div', { class: 'stack' }, h('p', { class: 'muted' }, words.notRecorded),
      h('div', {}, button({ icon: 'record', onclick: askForMinutes }, texts.requests.capture.start)));
  }
  const wanted = signal(false);
  return () => (wanted()
    ? loaded(poll(`/api/requests/${encodeURIComponent(id)}/bodies`), show)
    : h('div', { class: 'stack' }, note(words.private, 'warn'), h('div', {}, button({ icon: 'eye', onclick: () => wanted.set(true) }, words.showBodies))));
}

function show(data) {
  const part = signal(PARTS.find(name => data()[name] !== null) ?? 'request');
  const text = computed(() => (data()[part()] === null ? words.noBody : pretty(data()[part()])));
  return h('div', { class: 'stack' },
    segments({ name: words.bodies, options: PARTS.map(name => [name, words.parts[name]]), value: part, onchange: part.set }),
    data().truncated && note(words.truncated),
    codeBlock(text, { name: words.copyBody, wraps: true }));
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

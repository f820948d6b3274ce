// The log as it is written, newest first.
import { h, keyed } from '../lib/dom.js';
import { follow } from '../lib/feed.js';
import { moment, time } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { param, setParams } from '../lib/router.js';
import { computed, onCleanup, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { button, copyButton, empty, pill } from '../components/parts.js';

const words = texts.settings.log;
const LEVELS = ['ERROR', 'WARN', 'SUCCESS', 'INFO', 'DEBUG'];
/** Kept in memory, and shown at most. */
const KEPT = 3000;
const SHOWN = 500;

export function logView() {
  const entries = signal([]);
  const paused = signal(false);
  const arrived = [];
  let frame = 0;

  // A burst is shown once per frame. What arrives during a pause waits.
  const take = () => {
    frame = 0;
    if (paused.peek() || arrived.length === 0) return;
    entries.set([...arrived.splice(0).reverse(), ...entries.peek()].slice(0, KEPT));
  };
  const waiting = signal(0);
  const state = follow('/api/logs/stream?history=true', ({ data }) => {
    arrived.push(data);
    if (arrived.length > KEPT) arrived.shift();
    if (paused.peek()) waiting.set(arrived.length);
    else frame ||= requestAnimationFrame(take);
  });
  onCleanup(() => cancelAnimationFrame(frame));

  const hidden = computed(() => param('hide'));
  const isHidden = level => hidden().split(',').includes(level);
  const found = () => {
    const wanted = param('q').trim().toLowerCase();
    return entries().filter(entry => !isHidden(entry.level) && (!wanted || `${entry.message} ${entry.category}`.toLowerCase().includes(wanted)));
  };
  const visible = computed(() => found().slice(0, SHOWN));
  const pause = () => { paused.set(!paused.peek()); waiting.set(0); take(); };
  const list = h('ol');
  keyed(list, visible, entry => entry.id, line);

  return h('div', { class: 'stack' },
    h('h2', { class: 'unseen' }, words.title),
    h('div', { class: 'row wrap log-tools' },
      search(),
      h('div', { class: 'levels', role: 'group', ariaLabel: words.levels }, LEVELS.map(level => h('button', {
        type: 'button', class: 'level', data: { level: level.toLowerCase() }, ariaPressed: () => String(!isHidden(level)), onclick: () => flip(level),
      }, words.names[level]))),
      h('div', { class: 'row push' },
        button({ kind: 'small', onclick: pause, ariaPressed: () => String(paused()) }, () => [icon(paused() ? 'play' : 'pause', 14), paused() ? words.resume : words.pause]),
        copyButton(() => visible.peek().map(asText).join('\n'), { label: texts.actions.copy }),
        button({ kind: 'small', icon: 'trash', title: words.clearHint, onclick: () => { entries.set([]); arrived.length = 0; waiting.set(0); } }, words.clear))),
    h('div', { class: 'row small muted', role: 'status' },
      () => (paused() ? pill(waiting() ? words.paused(waiting()) : words.pausedNow, 'warn') : state() === 'live' ? pill(words.live, 'ok', { live: true }) : pill(words.states[state()], 'warn')),
      () => words.count(visible().length, found().length, entries().length)),
    h('div', { class: 'card log-card' },
      h('div', { id: 'logs-container', class: 'log', role: 'log', ariaLive: 'off', ariaLabel: words.title, tabindex: 0 }, list),
      () => visible().length === 0 && empty({
        icon: 'search', title: entries().length > 0 ? words.noMatch : state() === 'missing' ? texts.unavailable.title : words.none,
        action: entries().length > 0 && button({ onclick: () => setParams({ q: null, hide: null }, { replace: true }) }, texts.actions.clear),
      })));

  function flip(level) {
    const off = new Set(hidden.peek().split(',').filter(Boolean));
    if (!off.delete(level)) off.add(level);
    setParams({ hide: [...off].join(',') || null }, { replace: true });
  }
}

function search() {
  const input = h('input', {
    class: 'input', type: 'search', ariaLabel: words.search, placeholder: words.search, value: () => param('q'),
    oninput: () => setParams({ q: input.value || null }, { replace: true }),
    onkeydown: event => { if (event.key === 'Escape') { event.preventDefault(); setParams({ q: null }, { replace: true }); } },
  });
  return h('div', { class: 'search' }, icon('search', 14), input);
}

function line(entry) {
  const { level, message, category, time: at, exception } = entry.peek();
  return h('li', { class: 'entry', data: { level: level.toLowerCase() } },
    h('time', { datetime: at, title: moment(at) }, time(at)),
    h('span', { class: 'tag' }, words.names[level] ?? level),
    h('span', { class: 'text' }, () => parts(message), h('span', { class: 'faint' }, ` ${category.split('.').at(-1)}`),
      exception && h('details', {}, h('summary', {}, words.exception), h('pre', {}, () => prose(exception)))));
}

/** name=value pairs in a message stand out. */
function parts(message) {
  return prose(message).replace(/^\[[^\]]+\]\s*/, '').split(/(\b[a-zA-Z_]+=(?:"[^"]*"|\S+))/).map((part, i) => {
    if (i % 2 === 0) return part;
    const [name, ...value] = part.split('=');
    return h('span', { class: 'pair' }, h('span', { class: 'faint' }, `${name}=`), value.join('='));
  });
}

const asText = entry => `${entry.time} ${entry.level} ${entry.category} ${prose(entry.message)}${entry.exception ? `\n${prose(entry.exception)}` : ''}`;

// The log as it is written, newest first.
import { html, memo, signal, useRunning } from '../lib/ui.js';
import { follow } from '../lib/feed.js';
import { moment, time } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Button, CopyButton, Empty, Pill } from '../components/parts.js';

const words = texts.settings.log;
const LEVELS = ['ERROR', 'WARN', 'SUCCESS', 'INFO', 'DEBUG'];
/** Kept in memory, and shown at most. */
const KEPT = 3000;
const SHOWN = 500;

/** Signals: entries, newest first; paused; waiting, how many have arrived during the pause; state of the stream. */
function log() {
  const entries = signal([]);
  const paused = signal(false);
  const waiting = signal(0);
  const arrived = [];
  let frame = 0;

  // A burst is shown once per frame. What arrives during a pause waits.
  const take = () => {
    frame = 0;
    if (paused.peek() || arrived.length === 0) return;
    entries.value = [...arrived.splice(0).reverse(), ...entries.peek()].slice(0, KEPT);
  };
  const feed = follow('/api/logs/stream?history=true', ({ data }) => {
    arrived.push(data);
    if (arrived.length > KEPT) arrived.shift();
    if (paused.peek()) waiting.value = arrived.length;
    else frame ||= requestAnimationFrame(take);
  });
  const start = () => {
    const end = feed.start();
    return () => { end(); cancelAnimationFrame(frame); };
  };
  const pause = () => { paused.value = !paused.peek(); waiting.value = 0; take(); };
  const clear = () => { entries.value = []; arrived.length = 0; waiting.value = 0; };
  return { entries, paused, waiting, state: feed.state, start, pause, clear };
}

export function LogView() {
  const { entries, paused, waiting, state, pause, clear } = useRunning(log);
  const hidden = param('hide').split(',').filter(Boolean);
  const wanted = param('q').trim().toLowerCase();
  const found = entries.value.filter(entry => !hidden.includes(entry.level) && (!wanted || `${entry.message} ${entry.category}`.toLowerCase().includes(wanted)));
  const visible = found.slice(0, SHOWN);
  return html`<div class="stack">
    <h2 class="unseen">${words.title}</h2>
    <div class="row wrap log-tools">
      <${Search} />
      <div class="levels" role="group" aria-label=${words.levels}>${LEVELS.map(level => html`<button key=${level} type="button" class="level" data-level=${level.toLowerCase()}
        aria-pressed=${String(!hidden.includes(level))} onclick=${() => flip(level, hidden)}>${words.names[level]}</button>`)}</div>
      <div class="row push">
        <${Button} kind="small" onclick=${pause} aria-pressed=${String(paused.value)}><${Icon} name=${paused.value ? 'play' : 'pause'} size=${14} />${paused.value ? words.resume : words.pause}<//>
        <${CopyButton} text=${() => visible.map(asText).join('\n')} label=${texts.actions.copy} />
        <${Button} kind="small" icon="trash" title=${words.clearHint} onclick=${clear}>${words.clear}<//>
      </div>
    </div>
    <div class="row small muted" role="status">
      <${State} paused=${paused.value} waiting=${waiting.value} state=${state.value} />${words.count(visible.length, found.length, entries.value.length)}
    </div>
    <div class="card log-card">
      <div id="logs-container" class="log" role="log" aria-live="off" aria-label=${words.title} tabindex="0">
        <ol>${visible.map(entry => html`<${Line} key=${entry.id} entry=${entry} />`)}</ol>
      </div>
      ${visible.length === 0 && html`<${Empty} icon="search" title=${entries.value.length > 0 ? words.noMatch : state.value === 'missing' ? texts.unavailable.title : words.none}
        action=${entries.value.length > 0 && html`<${Button} onclick=${() => setParams({ q: null, hide: null }, { replace: true })}>${texts.actions.clear}<//>`} />`}
    </div>
  </div>`;
}

function flip(level, hidden) {
  const off = new Set(hidden);
  if (!off.delete(level)) off.add(level);
  setParams({ hide: [...off].join(',') || null }, { replace: true });
}

function State({ paused, waiting, state }) {
  if (paused) return html`<${Pill} kind="warn">${waiting ? words.paused(waiting) : words.pausedNow}<//>`;
  return state === 'live' ? html`<${Pill} kind="ok" live>${words.live}<//>` : html`<${Pill} kind="warn">${words.states[state]}<//>`;
}

function Search() {
  const search = text => setParams({ q: text || null }, { replace: true });
  return html`<div class="search"><${Icon} name="search" size=${14} /><input class="input" type="search" aria-label=${words.search} placeholder=${words.search} value=${param('q')}
    oninput=${event => search(event.currentTarget.value)} onkeydown=${event => { if (event.key === 'Escape') { event.preventDefault(); search(''); } }} /></div>`;
}

const Line = memo(({ entry: { level, message, category, time: at, exception } }) => html`<li class="entry" data-level=${level.toLowerCase()}>
  <time datetime=${at} title=${moment(at)}>${time(at)}</time>
  <span class="tag">${words.names[level] ?? level}</span>
  <span class="text">${parts(message)}<span class="faint"> ${category.split('.').at(-1)}</span>
    ${exception && html`<details><summary>${words.exception}</summary><pre>${prose(exception)}</pre></details>`}</span>
</li>`, (before, now) => before.entry === now.entry);

/** name=value pairs in a message stand out. */
function parts(message) {
  return prose(message).replace(/^\[[^\]]+\]\s*/, '').split(/(\b[a-zA-Z_]+=(?:"[^"]*"|\S+))/).map((part, i) => {
    if (i % 2 === 0) return part;
    const [name, ...value] = part.split('=');
    return html`<span class="pair"><span class="faint">${name}=</span>${value.join('=')}</span>`;
  });
}

const asText = entry => `${entry.time} ${entry.level} ${entry.category} ${prose(entry.message)}${entry.exception ? `\n${prose(entry.exception)}` : ''}`;

// Event streams, read with fetch because EventSource cannot send the access key; and values that are asked for again and again.
import { call, get, needsKey, reachable, Failure } from './api.js';
import { effect, signal, untracked, useEffect, useMemo, useRunning } from './ui.js';

/** How often the program has come back after it could not be reached. */
const back = signal(0);
let wasReachable = true;
effect(() => {
  if (reachable.value && !wasReachable) back.value = back.peek() + 1;
  wasReachable = reachable.value;
});

/**
 * An event stream. Once started it comes back after every break, each time a little later.
 * @param {string} path
 * @param {(event: { type: string, data: any, id: string }) => void} onEvent for each event; data is parsed JSON.
 * @returns {{ state: import('./ui').Signal<string>, start(): () => void }} the state: 'connecting', 'live', 'waiting' or 'missing' (the program has no such stream); start() returns how to stop it
 */
export function follow(path, onEvent) {
  const state = signal('connecting');
  let last = null;

  async function run(abort) {
    let pause = 500;
    while (!abort.signal.aborted) {
      try {
        const headers = { accept: 'text/event-stream' };
        if (last !== null) headers['last-event-id'] = last;
        const response = await call(path, { headers, signal: abort.signal });
        if (response.status === 404 || response.status === 405) { state.value = 'missing'; return; }
        if (!response.ok) throw new Failure(response.status, '');
        state.value = 'live';
        for await (const event of frames(response.body)) {
          pause = 500;
          if (event.id !== null) last = event.id;
          try { onEvent(event); } catch (e) { console.error(e); }
        }
      } catch (e) {
        if (abort.signal.aborted) return;
        if (!(e instanceof Failure) && e.name !== 'TypeError') console.warn(e);
      }
      state.value = 'waiting';
      if (needsKey.peek()) { await becomesFalse(needsKey); continue; }
      await new Promise(resolve => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
      pause = Math.min(pause * 2, 15_000);
    }
  }

  function start() {
    const abort = new AbortController();
    run(abort);
    return () => abort.abort();
  }

  return { state, start };
}

/** For a component: the stream is followed as long as it is there. onEvent stays the first one. @returns the signal of its state. */
export const useFollow = (path, onEvent) => useRunning(() => follow(path, onEvent)).state;

/** @returns {Promise<void>} */
function becomesFalse(state) {
  return new Promise(resolve => {
    const end = effect(() => { if (!state.value) queueMicrotask(() => { end(); resolve(); }); });
  });
}

/** Server-sent events of a body. */
export async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) {
        const event = parseFrame(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parseFrame(block) {
  let type = 'message';
  let id = null;
  const data = [];
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line.startsWith('event:')) type = line.slice(6).trim();
    else if (line.startsWith('id:')) id = line.slice(3).trim();
  }
  if (data.length === 0) return null;
  try { return { type, id, data: JSON.parse(data.join('\n')) }; } catch { return { type, id, data: data.join('\n') }; }
}

/**
 * Of calls that come in a row, however dense, one in `every` ms runs: the next one waits its turn, and for the end of the one that runs.
 * It is not put off by those behind it. For a component, with which it ends.
 */
export function useThrottled(run, every) {
  const later = useMemo(() => throttled(run, every), []);
  useEffect(() => later.end, []);
  return later;
}

function throttled(run, every) {
  let timer = 0;
  let isRunning = false;
  let isWanted = false;
  const begin = async () => {
    timer = 0;
    isWanted = false;
    isRunning = true;
    try { await run(); } finally { isRunning = false; }
    if (isWanted) later();
  };
  const later = () => { isWanted = true; if (!isRunning && timer === 0) timer = setTimeout(begin, every); };
  later.end = () => { clearTimeout(timer); timer = -1; };
  return later;
}

/**
 * @template T
 * @typedef {{ data: import('./ui').Signal<T>, error: import('./ui').Signal<any>, loading: import('./ui').Signal<boolean>, reload(): Promise<void>, start(): () => void }} Polled
 */

/**
 * A value of the program. Once started it is asked for at once and every `every` ms while the page is visible.
 * `path` may be a function; then a change of the signals it reads asks again at once, and null asks nothing.
 * While the program wants an access key nothing is asked; the value is on its way until there is one.
 * @template {string} P
 * @param {P | (() => P)} path
 * @param {number} every
 * @returns {Polled<import('./answers').Answer<P>>} start() returns how to stop it
 */
export function poll(path, every = 0) {
  const data = signal(null);
  const error = signal(null);
  const loading = signal(true);
  let flight = null;
  let address = null;

  async function reload() {
    if (address === null || needsKey.peek()) return;
    flight?.abort();
    const abort = flight = new AbortController();
    loading.value = true;
    try {
      const value = await get(address, { signal: abort.signal });
      if (abort.signal.aborted) return;
      data.value = value;
      error.value = null;
    } catch (e) {
      if (abort.signal.aborted) return;
      if (e.status === 401 && needsKey.peek()) return;
      error.value = e;
    } finally {
      if (flight === abort) flight = null;
    }
    loading.value = false;
  }

  function start() {
    const end = effect(() => {
      address = typeof path === 'function' ? path() : path;
      // With a new key, or when the program is back, what is shown is old.
      void [needsKey.value, back.value];
      untracked(reload);
    });
    // An answer that takes longer than that is waited for, not asked for again.
    const ask = () => { if (!document.hidden && flight === null) reload(); };
    const timer = every > 0 ? setInterval(ask, every) : 0;
    if (every > 0) document.addEventListener('visibilitychange', ask);
    return () => {
      end();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
      flight?.abort();
    };
  }

  return { data, error, loading, reload, start };
}

/**
 * For a component: the value is asked for as long as it is there. The path stays the first one; what it depends on is read from signals.
 * @type {<P extends string>(path: P | (() => P), every?: number) => Polled<import('./answers').Answer<P>>}
 */
export const usePoll = (path, every) => useRunning(() => poll(path, every));

// Event streams, read with fetch because EventSource cannot send the access key; and values that are asked for again and again.
import { call, get, needsKey, reachable, Failure } from './api.js';
import { effect, onCleanup, root, signal } from './signal.js';

/** How often the program has come back after it could not be reached. */
const back = root(() => {
  const count = signal(0);
  let was = true;
  effect(() => { const is = reachable(); if (is && !was) count.set(count.peek() + 1); was = is; });
  return count;
}).value;

/**
 * Follows an event stream until the surrounding scope ends, and comes back after every break, each time a little later.
 * @param onEvent ({ type, data, id }) for each event; data is parsed JSON.
 * @returns a signal: 'connecting', 'live', 'waiting' or 'missing' (the program has no such stream).
 */
export function follow(path, onEvent) {
  const state = signal('connecting');
  const abort = new AbortController();
  let last = null;
  let pause = 500;

  async function run() {
    while (!abort.signal.aborted) {
      try {
        const headers = { accept: 'text/event-stream' };
        if (last !== null) headers['last-event-id'] = last;
        const response = await call(path, { headers, signal: abort.signal });
        if (response.status === 404 || response.status === 405) { state.set('missing'); return; }
        if (!response.ok) throw new Failure(response.status, '');
        state.set('live');
        for await (const event of frames(response.body)) {
          pause = 500;
          if (event.id !== null) last = event.id;
          try { onEvent(event); } catch (e) { console.error(e); }
        }
      } catch (e) {
        if (abort.signal.aborted) return;
        if (!(e instanceof Failure) && e.name !== 'TypeError') console.warn(e);
      }
      state.set('waiting');
      if (needsKey.peek()) { await becomesFalse(needsKey); continue; }
      await new Promise(resolve => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
      pause = Math.min(pause * 2, 15_000);
    }
  }

  run();
  onCleanup(() => abort.abort());
  return state;
}

function becomesFalse(state) {
  return new Promise(resolve => {
    const { end } = root(() => effect(() => { if (!state()) queueMicrotask(() => { end(); resolve(); }); }));
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
 * It is not put off by those behind it.
 */
export function throttled(run, every) {
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
  onCleanup(() => { clearTimeout(timer); timer = -1; });
  return later;
}

/**
 * A value of the program, asked for now and every `every` ms while the page is visible, until the surrounding scope ends.
 * `path` may be a function; then a change of the signals it reads asks again at once, and null asks nothing.
 * While the program wants an access key nothing is asked; the value is on its way until there is one.
 * @returns { data, error, loading (signals), reload() }
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
    loading.set(true);
    try {
      const value = await get(address, { signal: abort.signal });
      if (abort.signal.aborted) return;
      data.set(value);
      error.set(null);
    } catch (e) {
      if (abort.signal.aborted) return;
      if (e.status === 401 && needsKey.peek()) return;
      error.set(e);
    } finally {
      if (flight === abort) flight = null;
    }
    loading.set(false);
  }

  effect(() => {
    address = typeof path === 'function' ? path() : path;
    // With a new key, or when the program is back, what is shown is old.
    needsKey();
    back();
    reload();
  });
  if (every > 0) {
    // An answer that takes longer than that is waited for, not asked for again.
    const ask = () => { if (!document.hidden && flight === null) reload(); };
    const timer = setInterval(ask, every);
    document.addEventListener('visibilitychange', ask);
    onCleanup(() => { clearInterval(timer); document.removeEventListener('visibilitychange', ask); });
  }
  onCleanup(() => flight?.abort());
  return { data, error, loading, reload };
}

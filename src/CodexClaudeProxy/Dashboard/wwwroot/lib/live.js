// The newest requests, arriving as they happen.
import { get, needsKey } from './api.js';
import { follow } from './feed.js';
import { effect, signal, untracked, useRunning } from './ui.js';

/** How long rows that arrive closely wait for each other, in milliseconds. */
const TOGETHER = 250;

/**
 * For a component: follows the requests as long as it is there.
 * @param filter () → URLSearchParams that reads signals; a change begins anew. matches(row) tells whether an arriving row passes it; paused () → boolean.
 * @returns the signals rows (newest first, running ones on top with running: true), next (cursor of older ones or null), error, feed (its state),
 * finished (how many), waiting (rows that wait for the end of a pause); and arrived (ids), more(), reload()
 */
export const useLiveRequests = options => useRunning(() => liveRequests(options));

/** @param {{ limit: number, filter?: () => URLSearchParams, matches?: (row: any) => boolean, paused?: () => boolean, keep?: number }} options */
function liveRequests({ limit, filter = () => new URLSearchParams(), matches = () => true, paused = () => false, keep = limit }) {
  const rows = signal(null);
  const next = signal(null);
  const error = signal(null);
  const finished = signal(0);
  const waiting = signal([]);
  const arrived = new Set();
  let query = null;
  let turn = 0;
  let grown = 0;
  let gathered = [];
  let timer = 0;

  async function load() {
    const mine = ++turn;
    if (needsKey.peek()) return;
    try {
      const answer = await get(`/api/requests?${page()}`);
      if (mine !== turn) return;
      const running = (rows.peek() ?? []).filter(row => row.running && matches(row));
      const known = new Set(answer.requests.map(row => row.id));
      rows.value = [...running.filter(row => !known.has(row.id)), ...answer.requests];
      next.value = answer.next;
      grown = 0;
      error.value = null;
    } catch (e) {
      if (mine === turn && !(e.status === 401 && needsKey.peek())) error.value = e;
    }
  }

  async function more() {
    const mine = turn;
    const answer = await get(`/api/requests?${page(next.peek())}`);
    if (mine !== turn) return;
    const known = new Set(rows.peek().map(row => row.id));
    rows.value = [...rows.peek(), ...answer.requests.filter(row => !known.has(row.id))];
    grown += answer.requests.length;
    next.value = answer.next;
  }

  function page(before) {
    const all = new URLSearchParams(query);
    all.set('limit', String(limit));
    if (before) all.set('before', before);
    return all;
  }

  function take({ type, data }) {
    gathered.push(type === 'started' ? { ...data, running: true } : data);
    if (timer === 0) flush();
  }

  /** The first is drawn at once, and what follows closely together with its neighbours: hundreds of rows are not compared for each of them. */
  function flush() {
    timer = 0;
    if (gathered.length === 0) return;
    const news = gathered;
    gathered = [];
    timer = setTimeout(flush, TOGETHER);
    finished.value = finished.peek() + news.filter(row => !row.running).length;
    if (untracked(paused)) waiting.value = [...waiting.peek(), ...news].slice(-keep);
    else put(news);
  }

  function put(news) {
    let list = rows.peek() ?? [];
    for (const row of news) {
      const at = list.findIndex(known => known.id === row.id);
      if (at >= 0) list = matches(row) ? list.with(at, row) : list.filter(known => known.id !== row.id);
      else if (matches(row)) { arrived.add(row.id); list = [row, ...list]; }
    }
    rows.value = list.slice(0, keep + grown);
  }

  const feed = follow('/api/requests/stream', take);

  function start() {
    // What happened while the stream was broken is in the list.
    let before = feed.state.peek();
    const ends = [
      effect(() => {
        query = filter().toString();
        void needsKey.value;
        arrived.clear();
        untracked(() => { waiting.value = []; load(); });
      }),
      effect(() => {
        if (paused()) return;
        untracked(() => { const news = waiting.peek(); waiting.value = []; if (news.length) put(news); });
      }),
      feed.start(),
      effect(() => {
        const now = feed.state.value;
        if (now === 'live' && before === 'waiting') untracked(load);
        before = now;
      }),
    ];
    return () => { turn++; clearTimeout(timer); ends.forEach(end => end()); };
  }

  return { rows, next, error, feed: feed.state, finished, waiting, arrived, more, reload: load, start };
}

// What every place may want to know of the program, asked for once: who it is, and how its accounts stand.
import { poll } from './feed.js';
import { computed, effect, root, untracked } from './signal.js';
import { address, needsKey, reachable } from './api.js';
import { now } from './clock.js';
import { parse } from './format.js';
import { sameAccount, who } from './identity.js';

const { value } = root(() => {
  const about = poll('/api/about');
  const status = poll('/');
  const pool = poll('/api/pool', 15_000);
  effect(() => {
    for (const account of pool.data()?.accounts ?? []) sameAccount(account.email, account.id, account.label);
  });
  askWhenSomethingEnds(pool);
  return { about, status, pool, state: computed(() => stateOf(pool)) };
});

/** { data, error, loading, reload } of GET /api/about and GET /api/pool. The pool is the only word on how an account stands: no place shows another. */
export const { about, pool } = value;

/**
 * One word for all: 'connecting', 'offline' (not reached), 'locked' (wants its key), 'failed' (answers with an error), 'empty' (no account),
 * 'login' (one must sign in), 'waiting' (nobody serves), 'online'.
 */
export const state = value.state;

export const version = () => value.about.data()?.version ?? value.status.data()?.version ?? '';

/** What clients are pointed at. The page itself came from there, so this is right also behind a tunnel or a reverse proxy. */
export const baseUrl = () => address('/').href.replace(/\/$/, '');

/** What an account is called everywhere: its label, else its address. `id` as the pool and the requests carry it; the first part of it is the address. */
export function accountName(id) {
  const known = pool.data()?.accounts.find(account => account.id === id);
  return who(known?.label ?? known?.email ?? id.split(':')[0]);
}

function stateOf({ data, error }) {
  if (!reachable()) return 'offline';
  if (needsKey()) return 'locked';
  const current = data();
  if (!current) return error()?.status ? 'failed' : 'connecting';
  const enabled = current.accounts.filter(account => account.enabled);
  if (enabled.length === 0) return 'empty';
  if (enabled.some(account => account.state === 'ready') || current.next.some(entry => entry.account)) return 'online';
  return enabled.every(account => account.state === 'needs-sign-in') ? 'login' : 'waiting';
}

/** When a state ends or a window is reset, what is shown is old at that moment. Asked once for each: the clock here may be wrong. */
function askWhenSomethingEnds(pool) {
  let asked = 0;
  const next = computed(() => {
    const ends = (pool.data()?.accounts ?? []).flatMap(account => [account.stateUntil, ...account.windows.map(window => window.resetsAt)]).map(parse);
    return Math.min(...ends.filter(at => at !== null && at > asked));
  });
  effect(() => {
    if (now() < next()) return;
    asked = next.peek();
    untracked(pool.reload);
  });
}

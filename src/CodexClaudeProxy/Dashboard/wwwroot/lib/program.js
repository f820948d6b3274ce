// What every place may want to know of the program, asked for once: who it is, and how its accounts stand.
import { poll } from './feed.js';
import { computed, effect, root } from './signal.js';
import { address, reachable } from './api.js';
import { sameAccount } from './identity.js';

const { value } = root(() => {
  const about = poll('/api/about');
  const status = poll('/');
  const pool = poll('/api/pool', 15_000);
  effect(() => {
    for (const account of pool.data()?.accounts ?? []) sameAccount(account.email, account.id, account.label);
  });
  return { about, status, pool, state: computed(() => stateOf(pool)) };
});

/** { data, error, loading, reload } of GET /api/about and GET /api/pool. */
export const { about, pool } = value;

/** One word for all: 'connecting', 'offline', 'empty' (no account), 'login' (one must sign in), 'waiting' (all used up), 'online'. */
export const state = value.state;

export const version = () => value.about.data()?.version ?? value.status.data()?.version ?? '';

/** What clients are pointed at. The page itself came from there, so this is right also behind a tunnel or a reverse proxy. */
export const baseUrl = () => address('/').href.replace(/\/$/, '');

function stateOf({ data, error }) {
  if (!reachable()) return 'offline';
  const current = data();
  if (!current) return error()?.status ? 'offline' : 'connecting';
  const enabled = current.accounts.filter(account => account.enabled);
  if (enabled.length === 0) return 'empty';
  if (enabled.some(account => SERVING.has(account.state))) return 'online';
  return enabled.every(account => account.state === 'needs-sign-in') ? 'login' : 'waiting';
}

const SERVING = new Set(['ready', 'already-tried']);

// What every place may want to know of the program, asked for once: who it is, and how its accounts stand.
import { poll } from './feed.js';
import { computed, effect, untracked } from './ui.js';
import { address, needsKey, reachable } from './api.js';
import { now } from './clock.js';
import { parse } from './format.js';
import { sameAccount, who } from './identity.js';

/** { data, error, loading, reload } of GET /api/about and GET /api/pool. The pool is the only word on how an account stands: no place shows another. */
export const about = poll('/api/about');
export const pool = poll('/api/pool', 15_000);
const status = poll('/');

for (const polled of [about, status, pool]) polled.start();
effect(() => {
  for (const account of pool.data.value?.accounts ?? []) sameAccount(account.email, account.id, account.label, fullName(account));
});
askWhenSomethingEnds();

/**
 * A signal with one word for all: 'connecting', 'offline' (not reached), 'locked' (wants its key), 'failed' (answers with an error),
 * 'empty' (no account), 'login' (one must sign in), 'waiting' (nobody serves), 'online'.
 */
export const state = computed(() => {
  if (!reachable.value) return 'offline';
  if (needsKey.value) return 'locked';
  const current = pool.data.value;
  if (!current) return pool.error.value?.status ? 'failed' : 'connecting';
  const enabled = current.accounts.filter(account => account.enabled);
  if (enabled.length === 0) return 'empty';
  if (enabled.some(account => account.state === 'ready') || current.next.some(entry => entry.account)) return 'online';
  return enabled.every(account => account.state === 'needs-sign-in') ? 'login' : 'waiting';
});

export const version = () => about.data.value?.version ?? status.data.value?.version ?? '';

/** What clients are pointed at. The page itself came from there, so this is right also behind a tunnel or a reverse proxy. */
export const baseUrl = () => address('/').href.replace(/\/$/, '');

/** What an account is called everywhere: its label, else its address, and the workspace where that tells accounts apart. */
export const nameOf = account => who(fullName(account));

function fullName({ label, email, workspace }) {
  return workspace ? `${label ?? email} · ${workspace}` : label ?? email;
}

// Changes only when a name does: what reads it is not drawn anew with each answer.
const nameKey = computed(() => JSON.stringify((pool.data.value?.accounts ?? []).map(account => [account.id, fullName(account)])));
const names = computed(() => new Map(JSON.parse(nameKey.value)));

/** The same by the id that the pool and the requests carry; `label` is what is known of one that the pool does not have, else it is called by the first part of its id: its address. */
export const accountName = (id, label = null) => who(names.value.get(id) ?? label ?? id.split(':')[0]);

/** The path of one account; by its id, because an address may stand for two workspaces. */
export const pathOf = (account, rest = '') => `/accounts/${encodeURIComponent(account.id)}${rest}`;

/** When a state ends or a window is reset, what is shown is old at that moment. Asked once for each: the clock here may be wrong. */
function askWhenSomethingEnds() {
  let asked = 0;
  const next = computed(() => {
    const ends = (pool.data.value?.accounts ?? []).flatMap(account => [account.stateUntil, ...account.windows.map(window => window.resetsAt)]).map(parse);
    return Math.min(...ends.filter(at => at !== null && at > asked));
  });
  effect(() => {
    if (now.value < next.value || next.value === asked) return;
    asked = next.peek();
    untracked(pool.reload);
  });
}

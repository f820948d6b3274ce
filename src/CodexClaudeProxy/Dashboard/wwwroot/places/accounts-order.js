// The order in which accounts serve: the next one, then those that could take its place, then those that must wait, and last those that wait for a person.
import { parse } from '../lib/format.js';

const RANKS = { ready: 1, reserved: 2, 'cooling-down': 2, exhausted: 2, 'needs-sign-in': 3, disabled: 4 };
const NEVER = Number.MAX_SAFE_INTEGER;

/** The accounts of GET /api/pool, the one that serves next first. */
export function inOrder({ accounts, next, strategy }) {
  const first = servesNext(next);
  const start = Math.max(0, accounts.findIndex(account => account.id === first));
  const entries = accounts.map((account, i) => ({
    account, keys: [account.id === first ? 0 : RANKS[account.state] ?? 2, ...within(account, strategy, next), (i - start + accounts.length) % accounts.length],
  }));
  return entries.sort((a, b) => compare(a.keys, b.keys)).map(entry => entry.account);
}

/** The account of a new conversation with the first model that one can be had for. */
export const servesNext = next => next.find(entry => entry.account)?.account ?? null;

function within(account, strategy, next) {
  if (account.state !== 'ready') return [parse(account.stateUntil) ?? NEVER, account.priority ?? 0];
  const own = account.windows.filter(window => !window.model && !window.limit);
  const longest = own.reduce((best, window) => (best && best.windowSeconds >= window.windowSeconds ? best : window), null);
  // As the program chooses: where nothing is known of the use, nothing was used.
  const byStrategy = {
    'most-remaining': () => -Math.min(100, ...own.map(window => window.leftPercent)),
    'least-busy': () => next[0]?.candidates.find(candidate => candidate.account === account.id)?.runningRequests ?? 0,
    'soonest-reset': () => parse(longest?.resetsAt) ?? NEVER,
  }[strategy];
  return [account.priority ?? 0, byStrategy?.() ?? 0];
}

function compare(a, b) {
  const at = a.findIndex((key, i) => key !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

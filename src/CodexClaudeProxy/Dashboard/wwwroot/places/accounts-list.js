// The accounts, a line each: the columns of all lines are one grid.
import { html } from '../lib/ui.js';
import { pool } from '../lib/program.js';
import { texts } from '../texts.js';
import { isOwn, usedLimits } from '../components/windows.js';
import { AccountRow } from './accounts-row.js';
import { servesNext } from './accounts-order.js';

/** More windows side by side could not be read; the others are among the details. */
const MOST_COLUMNS = 3;

/** accounts as in GET /api/pool, in the order to show. `manage` { reload, signIn } adds the actions of the place for accounts. */
export function AccountList({ accounts, manage = null }) {
  const { next = [], activeAccount = null } = pool.data.value ?? {};
  const first = servesNext(next);
  const lengths = [...new Map(accounts.filter(account => account.enabled).flatMap(account => account.windows.filter(isOwn)).map(window => [window.name, window.windowSeconds])).entries()]
    .sort((a, b) => a[1] - b[1]).slice(0, MOST_COLUMNS).map(([name]) => name);
  const isLimited = accounts.some(account => account.enabled && usedLimits(account.windows).length > 0);
  return html`<ul class="account-list" data-limits=${isLimited ? '' : null} aria-label=${texts.places.accounts} style=${{ '--windows': String(Math.max(1, lengths.length)) }}>${accounts.map(account => html`
    <${AccountRow} key=${account.id} ...${{ account, lengths, isLimited, manage, isNext: account.id === first, isActive: account.id === activeAccount }} />`)}</ul>`;
}

// At a glance: does it work, who serves next and why, how long does the quota last, what did it cost. Below it the last requests and what a new user needs.
import { html, useComputed, useSignalEffect } from '../lib/ui.js';
import { usePoll, useThrottled } from '../lib/feed.js';
import { useLiveRequests } from '../lib/live.js';
import { pool } from '../lib/program.js';
import { AccountsCard } from './overview-accounts.js';
import { LastRequests } from './overview-requests.js';
import { ConnectCard, TestCard } from './overview-start.js';
import { Glance } from './overview-glance.js';
import { UsageCard } from './overview-usage.js';

export function Place() {
  const live = useLiveRequests({ limit: 8 });
  const forecast = usePoll('/api/forecast', 30_000);
  const follow = useThrottled(forecast.reload, 5000);
  useSignalEffect(() => { if (live.finished.value > 0) follow(); });
  // What lies below the accounts comes with them, or they would push it down.
  const isKnown = useComputed(() => pool.data.value !== null || pool.error.value !== null);
  return html`<div class="stack first">
    <${Glance} forecast=${forecast} finished=${live.finished} />
    <${AccountsCard} forecast=${forecast} />
    ${isKnown.value && html`<div class="columns">
      <div class="stack wide"><${UsageCard} finished=${live.finished} /><${LastRequests} ...${live} /></div>
      <div class="stack wide"><${TestCard} /><${ConnectCard} /></div>
    </div>`}
  </div>`;
}

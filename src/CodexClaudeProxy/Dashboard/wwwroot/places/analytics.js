// Where tokens, estimated cost, time and failures go: over time, by group, and by hour of the week.
import { html, useSignal, useSignalEffect, untracked } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { href } from '../lib/router.js';
import { style } from '../lib/style.js';
import { texts } from '../texts.js';
import { Button, Card, Empty, Note, Skeleton } from '../components/parts.js';
import { ChartCard } from './analytics-chart.js';
import { Figures } from './analytics-figures.js';
import { HoursCard } from './analytics-hours.js';
import { groupsQuery, queryOf, timeQuery } from './analytics-query.js';
import { TimeChoice } from './analytics-time.js';

await style('analytics');

const words = texts.analytics;
const EVERY = 30_000;

export function Place() {
  const query = queryOf();
  const asked = `${timeQuery()} ${query.by}`;
  const stats = usePoll(() => `/api/stats?${timeQuery()}&${groupsQuery(queryOf())}`, EVERY);
  const storage = usePoll('/api/stats/storage', 2 * EVERY);
  // An answer does not say by what it was grouped, so that is kept with it: what was shown stays until the next one is there.
  const shown = useSignal(null);
  useSignalEffect(() => {
    const data = stats.data.value;
    untracked(() => { if (data) shown.value = { data, asked: `${timeQuery()} ${queryOf().by}`, by: queryOf().by }; });
  });
  const isCurrent = shown.value?.asked === asked;
  const failure = isCurrent ? null : stats.error.value;
  const data = shown.value?.data ?? null;
  const isOff = storage.data.value?.on === false;
  return html`<div class="stack analytics-place" data-waiting=${!isCurrent && shown.value && !failure ? '' : null}>
    <${TimeChoice} data=${data} range=${query.range} />
    ${isOff && data?.totals.requests > 0 && html`<${Note} kind="warn">${words.off}. ${words.offText}<//>`}
    <${Figures} data=${failure ? null : data} measure=${query.measure} />
    ${failure ? html`<${Card}><${Failed} failure=${failure} reload=${stats.reload} /><//>`
      : data === null ? html`<${Card} class="over-time"><${Skeleton} lines=${8} /><//>`
        : data.totals.requests === 0 ? html`<${Card}><${Nothing} isOff=${isOff} /><//>`
          : html`<${ChartCard} data=${data} query=${{ ...query, by: shown.value.by }} /><${HoursCard} measure=${query.measure} />`}
  </div>`;
}

const Failed = ({ failure, reload }) => (failure.missing
  ? html`<${Empty} title=${texts.unavailable.title} text=${texts.unavailable.text} />`
  : html`<${Empty} icon="alert" title=${texts.failed} text=${failure.message} action=${html`<${Button} icon="refresh" onclick=${reload}>${texts.actions.retry}<//>`} />`);

const Nothing = ({ isOff }) => (isOff
  ? html`<${Empty} icon="analytics" title=${words.off} text=${words.offText} action=${html`<a class="button" href=${href('settings')}>${words.toSettings}</a>`} />`
  : html`<${Empty} icon="analytics" title=${words.none} text=${words.noneText} />`);

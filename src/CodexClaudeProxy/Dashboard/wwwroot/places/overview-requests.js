// The last requests, arriving live.
import { html } from '../lib/ui.js';
import { go, href } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, Empty, Pill, Skeleton } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { columns, openName } from './requests-row.js';

const words = texts.overview.requests;
const COLUMNS = columns(['received', 'state', 'model', 'account', 'output', 'total']);

export const LastRequests = ({ rows, error, feed, arrived }) => html`<${Card} title=${words.title} flush actions=${html`
  ${feed.value === 'live' && html`<${Pill} kind="ok" live>${texts.requests.live}<//>`}<a class="push small" href=${href('requests')}>${words.all}</a>`}>
  <${Rows} rows=${rows.value} error=${error.value} arrived=${arrived} />
<//>`;

function Rows({ rows, error, arrived }) {
  if (rows?.length) {
    return html`<${DataTable} name=${words.title} columns=${COLUMNS} rows=${rows} open=${row => go('requests', { id: row.id })} openName=${openName} isNew=${row => arrived.has(row.id)} />`;
  }
  if (rows) return html`<${Empty} icon="requests" title=${words.none} text=${words.noneText} />`;
  if (!error) return html`<div class="body"><${Skeleton} /></div>`;
  return html`<${Empty} title=${error.missing ? texts.unavailable.title : texts.failed} text=${error.missing ? texts.unavailable.text : error.message} />`;
}

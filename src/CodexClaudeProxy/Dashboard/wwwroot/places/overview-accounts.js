// Every account in a line, the one that serves next first.
import { html } from '../lib/ui.js';
import { pool } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, Empty, Loaded } from '../components/parts.js';
import { AccountList } from './accounts-list.js';
import { inOrder } from './accounts-order.js';
import { PoolLine } from './accounts-pool.js';

const words = texts.overview.accounts;

export const AccountsCard = ({ forecast }) => html`<${Card} title=${words.title} flush class="accounts-card" actions=${html`<a class="push small" href=${href('accounts')}>${words.manage}</a>`}>
  <${Loaded} of=${pool} lines=${6}>${data => (data.accounts.length === 0
    ? html`<${Empty} icon="accounts" title=${words.none} text=${words.noneText} action=${html`<a class="button primary" href=${href('accounts', { add: 1 })}>${words.add}</a>`} />`
    : html`<${PoolLine} forecast=${forecast} /><${AccountList} accounts=${inOrder(data)} />`)}<//>
<//>`;

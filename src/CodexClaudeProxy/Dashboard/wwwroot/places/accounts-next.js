// How accounts are chosen, and who would serve a new conversation now, and why.
import { html, Live } from '../lib/ui.js';
import { patch } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, percent, span, when, zoned } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { accountName, pool } from '../lib/program.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, Loaded, Pill, Segments, Select } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { DataTable } from '../components/table.js';
import { StatePill } from './accounts-state.js';

/** @import { NextAccount, NextCandidate, PoolReport } from '../lib/answers' */

const words = texts.accounts.next;
const STRATEGIES = ['sticky', 'round-robin', 'most-remaining', 'soonest-reset', 'least-busy'].map(id => [id, words.strategies[id].name]);

export const NextCard = () => html`<${Card} title=${words.title} class="next"><${Loaded} of=${pool}>${(/** @type {PoolReport} */ { strategy, next }) => {
  const chosen = next.find(entry => entry.model === param('model')) ?? next[0];
  const choose = model => setParams({ model: model === next[0]?.model ? null : model }, { replace: true });
  return html`<div class="stack wide">
    <div class="stack">
      <div class="row wrap">
        <span class="strong">${words.strategy}</span>
        <${Segments} name=${words.strategy} options=${STRATEGIES} value=${strategy} onchange=${chooseStrategy} />
      </div>
      <p class="muted">${words.strategies[strategy]?.text}</p>
    </div>
    <div class="stack">
      <div class="row wrap">
        <label class="strong" for="next-model">${words.forModel}</label>
        <div class="model-choice"><${Select} id="next-model" small options=${next.map(({ model }) => [model, model])} value=${chosen?.model} onchange=${choose} /></div>
      </div>
      <p class="verdict" role="status"><${Verdict} next=${chosen} /></p>
    </div>
    <${DataTable} name=${words.candidates} id=${candidate => candidate.account} rows=${chosen?.candidates ?? []} columns=${columnsOf(chosen)} />
  </div>`;
}}<//><//>`;

/** @type {(chosen: NextAccount) => Array<{ title: string, num?: boolean, cell: (candidate: NextCandidate) => any }>} */
const columnsOf = chosen => [
  { title: words.account, cell: candidate => html`<span class="row"><span class="cut account-name">${accountName(candidate.account)}</span>
    ${candidate.account === chosen.account && html`<${Pill} kind="accent" dot=${false}>${texts.account.next}<//>`}</span>` },
  { title: words.state, cell: candidate => html`<${StatePill} state=${candidate.state} until=${candidate.until} />` },
  { title: words.left, num: true, cell: candidate => percent(candidate.leftPercent) },
  { title: words.renews, num: true, cell: candidate => when(candidate.renewsAt) },
  { title: words.priority, num: true, cell: candidate => String(candidate.priority) },
  { title: words.detail, cell: candidate => html`<span class="muted">${prose(candidate.detail) || (candidate.offersModel === false ? words.notOffered : '')}</span>` },
];

/** @param {{ next: NextAccount }} properties */
function Verdict({ next }) {
  if (!next) return words.noModels;
  if (next.account) return html`<b class="name">${accountName(next.account)}</b> – ${prose(next.reason)}`;
  return html`<span class="warn">${prose(next.reason)}${next.release && html`<${Live}>${() => ` ${words.release(zoned(next.release), span(parse(next.release) - now.value))}`}<//>`}</span>`;
}

const chooseStrategy = accountStrategy => attempt(async () => {
  await patch('/api/settings', { accountStrategy });
  await pool.reload();
}, words.chosen(words.strategies[accountStrategy].name));

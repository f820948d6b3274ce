// How accounts are chosen, and who would serve a new conversation now, and why.
import { h } from '../lib/dom.js';
import { patch } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, percent, span, when, zoned } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { accountName, pool } from '../lib/program.js';
import { param, setParams } from '../lib/router.js';
import { computed } from '../lib/signal.js';
import { texts } from '../texts.js';
import { card, loaded, pill, segments, select } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { dataTable } from '../components/table.js';
import { statePill } from './accounts-state.js';

const words = texts.accounts.next;
const STRATEGIES = ['sticky', 'round-robin', 'most-remaining', 'soonest-reset'];

export const nextCard = () => card({ title: words.title, class: 'next' }, loaded(pool, data => {
  const strategy = computed(() => data().strategy);
  const models = computed(() => data().next.map(entry => entry.model).join('\n'));
  const chosen = () => data().next.find(entry => entry.model === param('model')) ?? data().next[0];
  return h('div', { class: 'stack wide' },
    h('div', { class: 'stack' },
      h('div', { class: 'row wrap' },
        h('span', { class: 'strong' }, words.strategy),
        segments({ name: words.strategy, value: strategy, onchange: choose, options: STRATEGIES.map(id => [id, words.strategies[id].name]) })),
      h('p', { class: 'muted' }, () => words.strategies[strategy()]?.text)),
    h('div', { class: 'stack' },
      h('div', { class: 'row wrap' },
        h('label', { class: 'strong', for: 'next-model' }, words.forModel),
        h('div', { class: 'model-choice' }, select({
          id: 'next-model', small: true, options: () => models().split('\n').map(model => [model, model]), value: () => chosen()?.model,
          onchange: model => setParams({ model: model === data.peek().next[0]?.model ? null : model }, { replace: true }),
        }))),
      h('p', { class: 'verdict', role: 'status' }, () => verdict(chosen()))),
    dataTable({
      name: words.candidates, id: candidate => candidate.account, rows: () => chosen()?.candidates ?? [],
      columns: [
        { title: words.account, cell: candidate => h('span', { class: 'row' }, h('span', { class: 'cut account-name' }, accountName(candidate.account)),
          candidate.account === chosen()?.account && pill(texts.account.next, 'accent', { dot: false })) },
        { title: words.state, cell: candidate => statePill({ state: candidate.state, stateUntil: candidate.until }) },
        { title: words.left, num: true, cell: candidate => percent(candidate.leftPercent) },
        { title: words.renews, num: true, cell: candidate => when(candidate.renewsAt) },
        { title: words.priority, num: true, cell: candidate => String(candidate.priority) },
        { title: words.detail, cell: candidate => h('span', { class: 'muted' }, prose(candidate.detail) || (candidate.offersModel === false ? words.notOffered : '')) },
      ],
    }));
}));

function verdict(next) {
  if (!next) return words.noModels;
  if (next.account) return [h('b', { class: 'name' }, accountName(next.account)), ` – ${prose(next.reason)}`];
  return h('span', { class: 'warn' }, prose(next.reason), next.release && (() => ` ${words.release(zoned(next.release), span(parse(next.release) - now()))}`));
}

const choose = accountStrategy => attempt(async () => {
  await patch('/api/settings', { accountStrategy });
  await pool.reload();
}, words.chosen(words.strategies[accountStrategy].name));

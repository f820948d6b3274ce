// Claude Code: where its settings point and how to change that, what to paste elsewhere, and what its models stand for.
import { h } from '../lib/dom.js';
import { poll } from '../lib/feed.js';
import { moment } from '../lib/format.js';
import { computed } from '../lib/signal.js';
import { texts } from '../texts.js';
import { button, card, copyButton, facts, loaded, note, pill } from '../components/parts.js';
import { dataTable } from '../components/table.js';
import { change } from './claude-change.js';
import { effortCard, kiloCard, modelsCard } from './claude-models.js';
import { runCard, snippetsCard } from './claude-snippets.js';

const words = texts.claude;
const STATES = { here: 'ok', other: 'warn', direct: '', unreadable: 'bad' };

export const render = () => {
  const config = poll('/claude/config', 30_000);
  const settings = poll('/api/settings');
  return h('div', { class: 'stack wide' },
    configCard(config),
    snippetsCard(),
    modelsCard(),
    h('div', { class: 'halves' }, effortCard(settings), kiloCard()),
    runCard());
};

function configCard(config) {
  const state = computed(() => config.data()?.state);
  const open = kind => { change(kind, config.data.peek()).then(done => done && config.reload()); };
  return card({
    title: words.config.title,
    actions: () => state() && h('span', { role: 'status' }, pill(words.config.states[state()], STATES[state()])),
  }, loaded(config, data => h('div', { class: 'stack' },
    h('p', { class: 'muted' }, () => words.config.sentence[state()](data().baseUrl)),
    () => problem(data()),
    () => data().warnings.map(warning => note(h('div', {}, h('p', {}, `${warning.message}.`), h('p', { class: 'small' }, warning.fix)), 'warn')),
    () => facts([
      [words.config.file, h('span', { class: 'row' }, h('code', { class: 'path' }, data().configPath), copyButton(data().configPath, { name: words.config.copyPath }))],
      [words.config.exists, data().exists ? null : words.config.notThere],
      [words.config.program, data().claudeVersion ? words.config.version(data().claudeVersion) : words.config.noProgram],
      [words.config.last, data().restorePoint && `${words.config.actions[data().restorePoint.action] ?? data().restorePoint.action}, ${moment(data().restorePoint.at)}`],
    ]),
    h('div', { class: 'row wrap' },
      button({ class: () => `button ${state() === 'here' ? '' : 'primary'}`, icon: 'arrow', onclick: () => open('proxy') }, () => (state() === 'here' ? words.config.again : words.config.point)),
      button({ onclick: () => open('direct') }, words.config.direct),
      button({ onclick: () => open('set') }, words.config.set),
      () => data().canRestore && button({ icon: 'undo', onclick: () => open('restore') }, words.config.restore)),
    entriesTable(data))));
}

const problem = ({ problem: trouble }) => trouble && note(h('div', {}, h('p', {}, trouble.message),
  trouble.line && h('p', { class: 'small' }, words.config.where(trouble.line, trouble.column)),
  h('p', { class: 'small' }, words.config.untouched)), 'bad');

/** What is there beside what would be. */
const entriesTable = data => dataTable({
  name: words.config.entries, id: entry => entry.name, rows: () => data().entries,
  columns: [
    { title: words.config.name, cell: entry => h('code', {}, entry.name) },
    { title: words.config.now, class: 'value-cell', cell: entry => (entry.value === null ? h('span', { class: 'faint' }, words.config.unset) : h('code', { class: 'value' }, entry.value)) },
    { title: words.config.recommended, class: 'value-cell', cell: entry => (entry.recommended === null ? h('span', { class: 'faint' }, words.config.unset) : h('code', { class: 'value' }, entry.recommended)) },
    { title: words.config.verdict, cell: verdict },
  ],
});

function verdict({ value, recommended, ours }) {
  const [text, kind] = value === recommended ? [words.config.same, 'ok'] : value === null ? [words.config.missing, ''] : recommended === null ? [words.config.extra, 'warn'] : [words.config.differs, 'warn'];
  return h('span', { class: 'row' }, pill(text, kind), ours && h('span', { class: 'muted small nowrap', title: words.config.oursHint }, words.config.ours));
}

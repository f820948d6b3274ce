// Claude Code: where its settings point and how to change that, what to paste elsewhere, and what its models stand for. Below it the other clients.
import { html } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { moment } from '../lib/format.js';
import { texts } from '../texts.js';
import { Button, Card, CopyButton, Facts, Loaded, Note, Pill } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { change } from './claude-change.js';
import { ClientsCard } from './claude-clients.js';
import { EffortCard, KiloCard, ModelsCard } from './claude-models.js';
import { RunCard, SnippetsCard } from './claude-snippets.js';

/** @import { ClaudeEntry, ClaudeReport } from '../lib/answers' */

const words = texts.claude;
const STATES = { here: 'ok', other: 'warn', direct: '', unreadable: 'bad' };

export function Place() {
  const config = usePoll('/claude/config', 30_000);
  const settings = usePoll('/api/settings');
  const models = usePoll('/settings/models', 60_000);
  return html`<div class="stack wide">
    <${ConfigCard} config=${config} />
    <${SnippetsCard} />
    <${ModelsCard} models=${models} />
    <div class="halves"><${EffortCard} settings=${settings} /><${KiloCard} onchange=${models.reload} /></div>
    <${RunCard} />
    <${ClientsCard} models=${models} />
  </div>`;
}

function ConfigCard({ config }) {
  const state = config.data.value?.state;
  const open = kind => { change(kind, config.data.peek()).then(done => done && config.reload()); };
  return html`<${Card} title=${words.config.title} actions=${state && html`<span role="status"><${Pill} kind=${STATES[state]}>${words.config.states[state]}<//></span>`}>
    <${Loaded} of=${config}>${(/** @type {ClaudeReport} */ data) => html`<div class="stack">
      <p class="muted">${words.config.sentence[data.state](data.baseUrl)}</p>
      ${data.problem && html`<${Problem} ...${data.problem} />`}
      ${data.warnings.map(warning => html`<${Note} key=${warning.message} kind="warn"><div><p>${warning.message}.</p><p class="small">${warning.fix}</p></div><//>`)}
      <${Facts} entries=${[
        [words.config.file, html`<span class="row"><code class="path">${data.configPath}</code><${CopyButton} text=${data.configPath} name=${words.config.copyPath} /></span>`],
        [words.config.exists, data.exists ? null : words.config.notThere],
        [words.config.program, data.claudeVersion ? words.config.version(data.claudeVersion) : words.config.noProgram],
        [words.config.last, data.restorePoint && `${words.config.actions[data.restorePoint.action] ?? data.restorePoint.action}, ${moment(data.restorePoint.at)}`],
      ]} />
      <div class="row wrap">
        <${Button} kind=${data.state === 'here' ? '' : 'primary'} icon="arrow" onclick=${() => open('proxy')}>${data.state === 'here' ? words.config.again : words.config.point}<//>
        <${Button} onclick=${() => open('direct')}>${words.config.direct}<//>
        <${Button} onclick=${() => open('set')}>${words.config.set}<//>
        ${data.canRestore && html`<${Button} icon="undo" onclick=${() => open('restore')}>${words.config.restore}<//>`}
      </div>
      <details open=${data.state === 'other'}><summary>${words.config.fold(data.entries.length, data.entries.filter(entry => entry.value !== entry.recommended).length)}</summary>
        <${DataTable} name=${words.config.entries} id=${entry => entry.name} rows=${data.entries} columns=${ENTRIES} /></details>
    </div>`}<//>
  <//>`;
}

const Problem = ({ message, line, column }) => html`<${Note} kind="bad"><div>
  <p>${message}</p>
  ${line && html`<p class="small">${words.config.where(line, column)}</p>`}
  <p class="small">${words.config.untouched}</p>
</div><//>`;

const valueOf = value => (value === null ? html`<span class="faint">${words.config.unset}</span>` : html`<code class="value">${value}</code>`);

/**
 * What is there beside what would be.
 * @type {Array<{ title: string, class?: string, cell: (entry: ClaudeEntry) => any }>}
 */
const ENTRIES = [
  { title: words.config.name, cell: entry => html`<code>${entry.name}</code>` },
  { title: words.config.now, class: 'value-cell', cell: entry => valueOf(entry.value) },
  { title: words.config.recommended, class: 'value-cell', cell: entry => valueOf(entry.recommended) },
  { title: words.config.verdict, cell: verdict },
];

/** @param {ClaudeEntry} entry */
function verdict({ value, recommended, ours }) {
  const [text, kind] = value === recommended ? [words.config.same, 'ok'] : value === null ? [words.config.missing, ''] : recommended === null ? [words.config.extra, 'warn'] : [words.config.differs, 'warn'];
  return html`<span class="row"><${Pill} kind=${kind}>${text}<//>${ours && html`<span class="muted small nowrap" title=${words.config.oursHint}>${words.config.ours}</span>`}</span>`;
}

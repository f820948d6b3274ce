// Whether all is well: the doctor's checks, and what clients or the backend said that this version does not know.
import { html, Live, signal, useSignal } from '../lib/ui.js';
import { get, post } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { usePoll } from '../lib/feed.js';
import { ago, ms, number, when } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { go } from '../lib/router.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Button, Card, Empty, Loaded, Note, Pill, Toggle } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { change } from './claude-change.js';

/** @import { CheckReport, DriftItem, DriftList } from '../lib/answers' */

const words = texts.settings.health;
const KINDS = { ok: ['ok', 'check'], warn: ['warn', 'alert'], fail: ['bad', 'alert'], skipped: ['', 'info'] };

export const HealthView = () => html`<div class="stack wide"><${DoctorCard} /><${DriftCard} /></div>`;

/** What was found last, and when: still there for whoever comes back from mending something. */
const result = signal(null);

function DoctorCard() {
  const error = useSignal(null);
  const withRequest = useSignal(false);
  const run = async () => {
    error.value = null;
    try { result.value = { ...await post('/api/doctor', { request: withRequest.peek() }), at: new Date(now.peek()).toISOString() }; } catch (e) { error.value = e; }
  };
  return html`<${Card} title=${words.doctor} actions=${result.value && html`<span role="status"><${Verdict} checks=${result.value.checks} /></span>`}>
    <div class="stack">
      <p class="muted">${words.doctorText}</p>
      <div class="row wrap">
        <${Button} kind="primary" icon="play" onclick=${run}>${words.run}<//>
        <${Toggle} name=${words.withRequest} value=${withRequest.value} onchange=${on => { withRequest.value = on; }} />
      </div>
      ${error.value && (error.value.missing
        ? html`<${Empty} title=${texts.unavailable.title} text=${texts.unavailable.text} />`
        : html`<div role="alert"><${Note} kind="bad">${error.value.message}<//></div>`)}
      ${result.value && html`<p class="small muted"><${Live}>${() => words.checked(ago(result.value.at, now.value))}<//></p>
        <ul class="checks">${result.value.checks.map(check => html`<${Check} key=${check.id} ...${{ check, again: run }} />`)}</ul>`}
    </div>
  <//>`;
}

/** @param {{ checks: CheckReport[] }} properties */
function Verdict({ checks }) {
  const failed = checks.filter(each => each.status === 'fail').length;
  const warned = checks.filter(each => each.status === 'warn').length;
  const [text, kind] = failed > 0 ? [words.failed(failed), 'bad'] : warned > 0 ? [words.warned(warned), 'warn'] : [words.allWell, 'ok'];
  return html`<${Pill} kind=${kind}>${text}<//>`;
}

/** @param {{ check: CheckReport, again: () => Promise<void> }} properties */
function Check({ check, again }) {
  const { title, status, detail, fix, ms: took } = check;
  const [kind, picture] = KINDS[status] ?? KINDS.skipped;
  const remedy = status === 'ok' || status === 'skipped' ? null : remedyOf(check, again);
  return html`<li class="check-line">
    <span class=${kind}><${Icon} name=${picture} /></span>
    <div class="stack tight">
      <span class="row wrap"><span class="strong">${title}</span><${Pill} kind=${kind} dot=${false}>${words.states[status] ?? status}<//></span>
      ${detail && html`<p class="muted">${prose(detail)}</p>`}
      ${fix && html`<p><span class="strong">${words.fix}</span>${prose(fix)}</p>`}
      ${remedy && html`<div><${Button} kind="small" icon=${remedy.icon} onclick=${remedy.run}>${remedy.text}<//></div>`}
    </div>
    <span class="faint small nowrap">${ms(took)}</span>
  </li>`;
}

const ACCOUNT = 'account:';

/**
 * What can be done about it from here.
 * @param {CheckReport} check
 * @param {() => Promise<void>} again
 */
function remedyOf({ id }, again) {
  if (id === 'accounts') return { icon: 'plus', text: texts.accounts.add, run: () => go('accounts', { add: '1' }) };
  if (id.startsWith(ACCOUNT)) return { icon: 'key', text: texts.accounts.signInAgain, run: () => go('accounts', { again: id.slice(ACCOUNT.length) }) };
  if (id === 'claude-settings' || id === 'claude-auto-mode') return { icon: 'edit', text: words.mendClaude, run: () => mendClaude(again) };
  return null;
}

async function mendClaude(again) {
  const config = await attempt(() => get('/claude/config'));
  if (config && await change('proxy', config)) await again();
}

/** @type {Array<{ title: string, num?: boolean, cell: (entry: DriftItem) => any }>} */
const DRIFT = [
  { title: words.kind, cell: entry => words.kinds[entry.kind] ?? entry.kind },
  { title: words.name, cell: entry => html`<code>${entry.name}</code>` },
  { title: words.seen, num: true, cell: entry => number(entry.count) },
  { title: words.first, num: true, cell: entry => when(entry.first_seen) },
  { title: words.client, cell: entry => html`<span class="muted">${entry.first_client}</span>` },
];

function DriftCard() {
  const drift = usePoll('/api/drift', 60_000);
  return html`<${Card} title=${words.drift}><${Loaded} of=${drift}>${(/** @type {DriftList} */ { entries, beyond }) => html`<div class="stack">
    <p class="muted">${words.driftText}</p>
    ${entries.length === 0
      ? html`<p class="row"><span class="ok"><${Icon} name="check" /></span>${words.noDrift}</p>`
      : html`<${DataTable} name=${words.drift} id=${entry => `${entry.kind} ${entry.name}`} rows=${entries} columns=${DRIFT} />`}
    ${beyond > 0 && html`<p class="small muted">${words.beyond(number(beyond))}</p>`}
  </div>`}<//><//>`;
}

// Everything about one account: its windows and how they filled up, its preferences, its token.
import { html, Live, untracked, useRef, useSignal, useSignalEffect } from '../lib/ui.js';
import { get, patch, post } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { ago, moment, parse, percent, span } from '../lib/format.js';
import { now } from '../lib/clock.js';
import { masked, prose, who } from '../lib/identity.js';
import { nameOf, pathOf, pool } from '../lib/program.js';
import { texts } from '../texts.js';
import { openDrawer } from '../components/dialog.js';
import { HistoryChart } from '../components/history.js';
import { Button, CodeBlock, Facts, Field, Loaded, Note, Segments, Toggle } from '../components/parts.js';
import { DataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { WindowList, windowName } from '../components/windows.js';
import { PlanBadge, StatePill, stateSentence } from './accounts-state.js';
import { removeAccount } from './accounts-remove.js';
import { Resets } from './accounts-resets.js';

/** @import { QuotaAnswer, WindowReport } from '../lib/answers' */

const words = texts.accounts.drawer;

/** @param account a function that reads signals: the account as it is now, or undefined when it is gone. @returns a function that closes the drawer. */
export const openAccount = ({ account, reload, signIn, onclose }) => openDrawer({
  title: nameOf(untracked(account)), onclose,
  content: ({ close }) => html`<${Detail} ...${{ read: account, reload, signIn, close }} />`,
});

function Detail({ read, reload, signIn, close }) {
  // What is shown last stays while the drawer closes behind an account that was removed.
  const last = useRef(null);
  const account = last.current = read() ?? last.current;
  const quota = usePoll(`/accounts/quota?history=true&email=${encodeURIComponent(account.id)}`, 30_000);
  // Asking for the quota may have changed how the account stands.
  useSignalEffect(() => { if (quota.data.value !== null) untracked(() => { reload(); }); });
  const reloadAll = () => Promise.all([reload(), quota.reload()]);
  const remove = () => { removeAccount(account, reload).then(gone => gone && close()); };
  return html`<div class="stack wide account-drawer">
    <div class="row wrap"><${PlanBadge} plan=${account.planType} /><${StatePill} state=${account.state} until=${account.stateUntil} /><span class="muted cut">${who(account.email)}</span></div>
    ${account.state === 'needs-sign-in' && html`<div class="stack"><${Note} kind="bad">${stateSentence(account)}<//>
      <div><${Button} kind="primary" onclick=${() => { close(); signIn({ again: account }); }}>${texts.accounts.signInAgain}<//></div></div>`}
    <${Part} title=${words.windows}><${Loaded} of=${quota}>${(/** @type {QuotaAnswer} */ data) => html`<${Windows} data=${data} limits=${account.limits} />`}<//><//>
    ${account.bankedResets > 0 && html`<${Part} title=${texts.accounts.resets.name}><${Resets} account=${account} reload=${reloadAll} /><//>`}
    <${Part} title=${words.preferences}><${Preferences} account=${account} reload=${reloadAll} /><//>
    <${Part} title=${words.token}><${Token} account=${account} reload=${reloadAll} /><//>
    <${Part} title=${words.raw}><${Loaded} of=${quota}>${data => html`<${RawNumbers} quota=${data.quota} limits=${account.limits} />`}<//><//>
    <${Part} title=${words.remove}>
      <p class="muted">${words.removeText}</p>
      <div><${Button} kind="danger" icon="trash" onclick=${remove}>${texts.accounts.remove.action}<//></div>
    <//>
  </div>`;
}

const Part = ({ title, children }) => html`<section class="stack"><h3>${title}</h3>${children}</section>`;

/** What is shown of a window is the pool's word, as everywhere; only its history comes with the quota. */
/** @param {{ data: QuotaAnswer, limits: WindowReport[] }} properties */
function Windows({ data, limits }) {
  const chosen = useSignal(null);
  const names = data.windows.map(windowName);
  const at = Math.max(0, names.indexOf(chosen.value));
  const samples = data.windows[at]?.history;
  return html`<div class="stack">
    <${WindowList} windows=${limits} />
    <${Credits} ...${data.credits} />
    ${data.warning && html`<${Note} kind="warn">${prose(data.warning)}<//>`}
    ${names.length > 0 && html`<div class="row wrap"><h4 class="strong">${words.history}</h4>
      ${names.length > 1 && html`<${Segments} name=${words.history} options=${names.map(name => [name, name])} value=${names[at]} onchange=${name => { chosen.value = name; }} />`}</div>
      ${samples?.length ? html`<${HistoryChart} key=${names[at]} samples=${samples} />` : html`<p class="muted small">${words.noHistory}</p>`}`}
  </div>`;
}

const Credits = ({ unlimited, hasCredits, balance }) => (unlimited || hasCredits) && html`<p>${unlimited ? texts.account.unlimited : texts.account.credits(balance)}</p>`;

function Preferences({ account, reload }) {
  const save = async changes => {
    await patch(pathOf(account), changes);
    await reload();
  };
  const edited = (name, read, attributes, value = account[name] ?? null, change = wanted => ({ [name]: wanted })) =>
    html`<${Edited} ...${{ name, read, attributes, value, save: wanted => save(change(wanted)) }} />`;
  const excluded = (pool.data.value?.next ?? []).filter(({ candidates }) => candidates.some(each => each.account === account.id && each.state === 'excluded')).map(({ model }) => model);
  return html`<div class="stack">
    <${Toggle} name=${words.enabled} value=${account.enabled} onchange=${enabled => attempt(() => save({ enabled }))} />
    <div class="preferences">
      ${edited('label', text => text.trim() || null, { type: 'text', maxlength: 60, placeholder: words.labelPlaceholder })}
      ${edited('priority', wholeNumber, { type: 'number', min: -1000, max: 1000, step: 1 })}
      ${edited('reserve', wholeNumber, { type: 'number', min: 0, max: 100, step: 1 })}
      ${edited('reserve5h', wholeNumber, { type: 'number', min: 0, max: 100, step: 1 }, account.reserves?.['5h'] ?? null, percent => ({ reserves: { '5h': percent } }))}
      ${edited('proxy', text => text.trim() || null, { type: 'text', placeholder: words.proxyPlaceholder, spellcheck: false, autocomplete: 'off' })}
      ${edited('excludedModels', listOfModels, { type: 'text', placeholder: words.labelPlaceholder, spellcheck: false }, account.excludedModels?.join(', ') || null, models => ({ excludedModels: models?.split(', ') ?? null }))}
    </div>
    ${excluded.length > 0 && html`<p class="small muted">${words.fields.excludedModels.hit(excluded)}</p>`}
  </div>`;
}

/** A field that saves when it is left or Enter is pressed, and tells what was wrong. */
function Edited({ name, value, read, attributes, save }) {
  const draft = useSignal(null);
  const problem = useSignal(null);
  const saved = useSignal(false);
  const commit = async event => {
    const wanted = read(event.currentTarget.value);
    if (wanted === value) { draft.value = problem.value = null; return; }
    saved.value = false;
    try {
      await save(wanted);
      draft.value = problem.value = null;
      saved.value = true;
    } catch (e) { problem.value = e.message; }
  };
  const type = event => { draft.value = event.currentTarget.value; saved.value = false; };
  // The drawer stays open when there is something to take back.
  const undo = event => {
    if (event.key !== 'Escape' || event.currentTarget.value === String(value ?? '')) return;
    event.preventDefault();
    draft.value = problem.value = null;
  };
  return html`<${Field} label=${words.fields[name].name}>${(id, about) => html`
    <input id=${id} class="input" ...${attributes} value=${draft.value ?? value ?? ''} aria-describedby=${about} aria-invalid=${problem.value ? 'true' : null}
      onchange=${commit} oninput=${type} onkeydown=${undo} />
    <span class=${problem.value ? 'error' : saved.value ? 'hint ok' : 'hint'} id=${about} role="status">${problem.value ?? (saved.value ? words.saved : words.fields[name].hint)}</span>`}<//>`;
}

/** What cannot be read as a number goes to the program as it is, which says what it must be. */
const wholeNumber = text => (text.trim() === '' ? null : Number.isFinite(Number(text)) ? Number(text) : text);

const listOfModels = text => text.split(',').map(model => model.trim()).filter(Boolean).join(', ') || null;

function Token({ account, reload }) {
  const does = (action, success) => attempt(async () => { const answer = await action(); await reload(); return answer; }, success);
  return html`<div class="stack">
    <${Facts} entries=${[
      [words.valid, html`<${Valid} ...${account} />`],
      [words.added, account.addedAt && moment(account.addedAt)],
      [words.lastUsed, account.lastUsed ? html`<${Live}>${() => ago(account.lastUsed, now.value)}<//>` : texts.accounts.neverUsed],
      [words.source, account.source === 'imported' ? texts.accounts.imported : words.ownSignIn],
    ]} />
    <div class="row wrap">
      <${Button} icon="check" onclick=${() => does(() => get(`/accounts/usage?email=${encodeURIComponent(account.id)}`), words.verified)}>${words.verify}<//>
      <${Button} icon="refresh" onclick=${() => does(() => post(pathOf(account, '/refresh')), texts.accounts.refreshedOne)}>${words.refresh}<//>
    </div>
    <p class="small muted">${words.tokenHint}</p>
  </div>`;
}

function Valid({ tokenExpired, expiresAt }) {
  const end = parse(expiresAt);
  if (tokenExpired) return html`<span class="bad">${texts.accounts.tokenExpired}</span>`;
  return end === null ? texts.accounts.tokenValid : html`${moment(expiresAt)}<span class="muted"> (${texts.time.in(span(end - now.value))})</span>`;
}

/** @type {Array<{ title: string, num?: boolean, cell: (window: WindowReport) => any }>} */
const NUMBERS = [
  { title: words.window, cell: windowName },
  { title: words.used, num: true, cell: window => percent(window.usedPercent) },
  { title: words.left, num: true, cell: window => percent(window.leftPercent) },
  { title: words.resetsAt, num: true, cell: window => moment(window.resetsAt) },
];

function RawNumbers({ quota, limits }) {
  const answer = quota?.usage?.raw;
  return html`
    <div class="stack">
      ${limits.length > 0 && html`<${DataTable} name=${words.raw} id=${windowName} rows=${limits} columns=${NUMBERS} />`}
      <p class="small muted">${words.fetched(quota?.fetchedAt ? moment(quota.fetchedAt) : null)}</p>
    </div>
    ${answer && !masked.value && html`<details><summary>${words.answer}</summary><${CodeBlock} text=${JSON.stringify(answer, null, 2)} name=${words.copyAnswer} /></details>`}`;
}

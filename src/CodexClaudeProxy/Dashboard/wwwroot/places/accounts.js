// The accounts: how each stands, what can be done with it, and who serves next.
import { computed, html, untracked, useLayoutEffect, useRef, useRunning, useSignalEffect } from '../lib/ui.js';
import { post } from '../lib/api.js';
import { poll, usePoll } from '../lib/feed.js';
import { nameOf, pool } from '../lib/program.js';
import { who } from '../lib/identity.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { openDialog } from '../components/dialog.js';
import { Button, Card, Empty, Loaded } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { addAccount } from './accounts-add.js';
import { openAccount } from './accounts-drawer.js';
import { AccountList } from './accounts-list.js';
import { NextCard } from './accounts-next.js';
import { inOrder } from './accounts-order.js';
import { PoolLine } from './accounts-pool.js';

const words = texts.accounts;

const accounts = poll('/accounts', 15_000);

/** GET /accounts, each account standing as the pool says: of two answers one is older, and would contradict the other. The next one to serve comes first. */
const all = computed(() => {
  const listed = accounts.data.value?.accounts.map(account => ({ ...account, plan: account.planType, windows: account.limits, ...standing(account.id) })) ?? null;
  const { next = [], strategy = null } = pool.data.value ?? {};
  return listed && inOrder({ accounts: listed, next, strategy });
});

function standing(id) {
  const known = pool.data.value?.accounts.find(account => account.id === id);
  if (!known) return {};
  const { state, stateUntil, stateDetail, clocks, enabled, plan, credits, windows } = known;
  return { state, stateUntil, stateDetail, clocks, enabled, plan, credits, windows, planType: plan, limits: windows };
}

const reload = () => Promise.all([accounts.reload(), pool.reload()]);

/** Returns nothing, so that no button stays busy behind the dialog. */
function openAdd(options) { addAccount({ known: all.peek() ?? [], reload, ...options }); }

const manage = { reload, signIn: openAdd };

export const Actions = () => html`
  <span class="count muted" role="status">${all.value && words.count(all.value.length)}</span>
  <div class="row wrap push">${all.value?.length > 0 && html`
    <${SearchBox} />
    <${Button} icon="refresh" onclick=${refreshAll}>${words.refreshAll}<//>
    <${Button} icon="plus" kind="primary" onclick=${() => openAdd()}>${words.add}<//>`}</div>`;

export function Place() {
  useRunning(() => accounts);
  const forecast = usePoll('/api/forecast', 30_000);
  useSignalEffect(() => { if (param('add')) untracked(() => { setParams({ add: null }, { replace: true }); openAdd(); }); });
  useSignalEffect(() => {
    const again = param('again') && all.value?.find(account => account.id === param('again'));
    if (again) untracked(() => { setParams({ again: null }, { replace: true }); openAdd({ again }); });
  });
  useDrawer();
  return html`<${Loaded} of=${accounts}>${() => (all.value.length === 0 ? html`<${FirstAccount} />` : html`<div class="stack wide">
    <${List} forecast=${forecast} /><${NextCard} /><p class="small faint">${words.exportHint}<code>${words.exportCommand}</code><br />${words.backupHint}<code>${words.backupCommand}</code></p>
  </div>`)}<//>`;
}

const SearchBox = () => html`<div class="search"><${Icon} name="search" size=${14} />
  <input class="input" type="search" aria-label=${words.search} placeholder=${words.search} value=${param('q')} oninput=${event => setParams({ q: event.target.value || null }, { replace: true })}
    onkeydown=${event => { if (event.key === 'Escape') { event.preventDefault(); clearSearch(); } }} /></div>`;

const clearSearch = () => setParams({ q: null }, { replace: true });

function List({ forecast }) {
  const wanted = param('q').trim().toLowerCase();
  const found = all.value.filter(account => [account.email, account.label, account.workspace, nameOf(account)].some(name => name?.toLowerCase().includes(wanted)));
  return html`<${Card} flush class="accounts-card"><h2 class="unseen">${texts.places.accounts}</h2>
    <${PoolLine} forecast=${forecast} />
    <${AccountList} accounts=${found} manage=${manage} />
    ${found.length === 0 && html`<${Empty} icon="search" title=${words.noMatch} action=${html`<${Button} onclick=${clearSearch}>${words.clearSearch}<//>`} />`}
  <//>`;
}

const FirstAccount = () => html`<div class="card"><h2 class="unseen">${texts.places.accounts}</h2><${Empty} icon="accounts" title=${words.empty.title} text=${words.empty.text} action=${html`<div class="row wrap">
  <${Button} icon="plus" kind="primary" onclick=${() => openAdd()}>${words.add}<//>
  <${Button} icon="download" onclick=${() => openAdd({ way: 'import' })}>${words.empty.import}<//></div>`} /></div>`;

/** The account in the address has its drawer open, so that it can be linked to and the back button closes it. */
function useDrawer() {
  const open = useRef(null);
  const hide = () => { const end = open.current; open.current = null; end?.close(); };
  useSignalEffect(() => {
    const id = all.value ? param('account') : '';
    if (id === (open.current?.id ?? '')) return;
    untracked(() => {
      hide();
      if (!id || !all.peek().some(account => account.id === id)) return;
      const here = open.current = { id, close: null };
      here.close = openAccount({
        account: () => all.value?.find(account => account.id === id), reload, signIn: openAdd,
        onclose: () => { if (open.current === here) { open.current = null; setParams({ account: null }); } },
      });
    });
  });
  useLayoutEffect(() => hide, []);
}

/** An address that two accounts share stands for itself. */
function nameOfAddress(email) {
  const known = all.peek().filter(account => account.email === email);
  return known.length === 1 ? nameOf(known[0]) : who(email);
}

async function refreshAll() {
  const results = await attempt(() => post('/accounts/refresh/all'));
  await reload();
  if (!Array.isArray(results)) return;
  openDialog({
    title: words.refreshed.title,
    content: () => (results.length === 0 ? html`<p class="muted">${words.refreshed.none}</p>` : html`<ul class="results">${results.map(({ email, success, message }) => html`
      <li key=${email}><span class=${success ? 'ok' : 'bad'}><${Icon} name=${success ? 'check' : 'alert'} /></span>
        <div class="told"><span class="strong">${nameOfAddress(email)}</span><p class="small muted">${success ? words.refreshed.done : message}</p></div></li>`)}</ul>`),
    actions: ({ close }) => html`<${Button} kind="primary" onclick=${() => close()}>${texts.actions.close}<//>`,
  });
}

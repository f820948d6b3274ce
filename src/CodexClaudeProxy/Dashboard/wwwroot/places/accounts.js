// The accounts: how each stands, what can be done with it, and who serves next.
import { h, keyed } from '../lib/dom.js';
import { post } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { pool } from '../lib/program.js';
import { who } from '../lib/identity.js';
import { computed, effect, onCleanup, untracked } from '../lib/signal.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { openDialog } from '../components/dialog.js';
import { button, empty, loaded } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { addAccount } from './accounts-add.js';
import { accountDrawer } from './accounts-drawer.js';
import { accountRow, nameOf } from './accounts-row.js';
import { nextCard } from './accounts-next.js';

const words = texts.accounts;

/** GET /accounts while the place is shown. */
let accounts = null;
/** The same, each account standing as the pool says: of two answers one is older, and would contradict the other. */
let all = null;
// A value of its own: an answer that brings nothing new leaves the search field and the list standing.
let isEmpty = null;

export const actions = () => {
  accounts = poll('/accounts', 15_000);
  all = computed(() => accounts.data()?.accounts.map(account => ({ ...account, ...standing(account.id) })) ?? null);
  isEmpty = computed(() => all()?.length === 0);
  return [
    h('span', { class: 'count muted', role: 'status' }, () => (all() ? words.count(all().length) : '')),
    h('div', { class: 'row wrap push' }, () => (isEmpty() ? null : [
      searchBox(),
      button({ icon: 'refresh', onclick: refreshAll }, words.refreshAll),
      button({ icon: 'plus', kind: 'primary', onclick: () => openAdd() }, words.add),
    ])),
  ];
};

export const render = () => {
  effect(() => { if (param('add')) untracked(() => { setParams({ add: null }, { replace: true }); openAdd(); }); });
  openDrawers();
  return loaded(accounts, () => () => (isEmpty() ? firstAccount() : h('div', { class: 'stack wide' },
    list(), nextCard(), h('p', { class: 'small faint' }, words.exportHint, h('code', {}, words.exportCommand)))));
};

function standing(id) {
  const known = pool.data()?.accounts.find(account => account.id === id);
  if (!known) return {};
  const { state, stateUntil, stateDetail, clocks, enabled } = known;
  return { state, stateUntil, stateDetail, clocks, enabled, planType: known.plan, limits: known.windows };
}

const reload = () => Promise.all([accounts.reload(), pool.reload()]);

function searchBox() {
  const input = h('input', {
    class: 'input', type: 'search', ariaLabel: words.search, placeholder: words.search, value: () => param('q'),
    oninput: () => setParams({ q: input.value || null }, { replace: true }),
    onkeydown: event => { if (event.key === 'Escape') { event.preventDefault(); clearSearch(); } },
  });
  return h('div', { class: 'search' }, icon('search', 14), input);
}

const clearSearch = () => setParams({ q: null }, { replace: true });

function list() {
  const found = () => {
    const wanted = param('q').trim().toLowerCase();
    return (all() ?? []).filter(account => [account.email, account.label, who(account.email), who(account.label)].some(name => name?.toLowerCase().includes(wanted)));
  };
  const element = h('ul', { class: 'account-list', ariaLabel: texts.places.accounts });
  keyed(element, found, account => account.id, account => accountRow(account, { reload, signIn: openAdd }));
  return h('div', {}, h('h2', { class: 'unseen' }, texts.places.accounts), element, () => found().length === 0 && empty({
    icon: 'search', title: words.noMatch, action: button({ onclick: clearSearch }, words.clearSearch),
  }));
}

const firstAccount = () => h('div', { class: 'card' }, h('h2', { class: 'unseen' }, texts.places.accounts), empty({
  icon: 'accounts', title: words.empty.title, text: words.empty.text,
  action: h('div', { class: 'row wrap' },
    button({ icon: 'plus', kind: 'primary', onclick: () => openAdd() }, words.add),
    button({ icon: 'download', onclick: () => openAdd({ way: 'import' }) }, words.empty.import)),
}));

/** Returns nothing, so that no button stays busy behind the dialog. */
function openAdd(options) { addAccount({ known: all() ?? [], reload, ...options }); }

/** The account in the address has its drawer open, so that it can be linked to and the back button closes it. */
function openDrawers() {
  let close = null;
  const wanted = computed(() => (all() ? param('account') : ''));
  effect(() => {
    const id = wanted();
    untracked(() => {
      close?.();
      close = null;
      if (!id || !all().some(account => account.id === id)) return;
      const here = close = accountDrawer({
        account: () => all()?.find(account => account.id === id), reload, signIn: openAdd,
        onclose: () => { if (close === here) { close = null; setParams({ account: null }); } },
      });
    });
  });
  onCleanup(() => { const open = close; close = null; open?.(); });
}

/** An address that two accounts share stands for itself. */
function nameOfAddress(email) {
  const known = all().filter(account => account.email === email);
  return known.length === 1 ? nameOf(known[0]) : who(email);
}

async function refreshAll() {
  const results = await attempt(() => post('/accounts/refresh/all'));
  await reload();
  if (!Array.isArray(results)) return;
  openDialog({
    title: words.refreshed.title,
    content: () => (results.length === 0 ? h('p', { class: 'muted' }, words.refreshed.none) : h('ul', { class: 'results' }, results.map(({ email, success, message }) =>
      h('li', {}, h('span', { class: success ? 'ok' : 'bad' }, icon(success ? 'check' : 'alert')),
        h('div', { class: 'told' }, h('span', { class: 'strong' }, nameOfAddress(email)), h('p', { class: 'small muted' }, success ? words.refreshed.done : message)))))),
    actions: close => button({ kind: 'primary', onclick: () => close() }, texts.actions.close),
  });
}

// Everything about one account: its windows and how they filled up, its preferences, its token.
import { h } from '../lib/dom.js';
import { get, patch, post } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { ago, moment, parse, percent, span } from '../lib/format.js';
import { now } from '../lib/clock.js';
import { masked, prose, who } from '../lib/identity.js';
import { computed, effect, signal, untracked } from '../lib/signal.js';
import { texts } from '../texts.js';
import { openDrawer } from '../components/dialog.js';
import { historyChart } from '../components/history.js';
import { button, codeBlock, facts, field, loaded, note, segments, toggle } from '../components/parts.js';
import { dataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { windowList, windowName } from '../components/windows.js';
import { nameOf, pathOf } from './accounts-row.js';
import { planBadge, statePill, stateSentence } from './accounts-state.js';
import { removeAccount } from './accounts-remove.js';

const words = texts.accounts.drawer;

/** @param account a function that reads signals: the account as it is now, or undefined when it is gone. @returns a function that closes the drawer. */
export function accountDrawer({ account, reload, signIn, onclose }) {
  const first = account();
  // What is shown last stays while the drawer closes behind an account that was removed.
  let last = first;
  const current = () => (last = account() ?? last);
  return openDrawer({
    title: nameOf(first), onclose,
    content: close => {
      const quota = poll(`/accounts/quota?history=true&email=${encodeURIComponent(first.id)}`, 30_000);
      // Asking for the quota may have changed how the account stands.
      effect(() => { if (quota.data() !== null) untracked(reload); });
      const reloadAll = () => Promise.all([reload(), quota.reload()]);
      return h('div', { class: 'stack wide account-drawer' },
        h('div', { class: 'row wrap' }, () => planBadge(current().planType), () => statePill(current()), h('span', { class: 'muted cut' }, () => who(current().email))),
        () => current().state === 'needs-sign-in' && h('div', { class: 'stack' }, note(stateSentence(current()), 'bad'),
          h('div', {}, button({ kind: 'primary', onclick: () => { close(); signIn({ again: current() }); } }, texts.accounts.signInAgain))),
        part(words.windows, loaded(quota, data => windows(data, current))),
        part(words.preferences, preferences(current, reloadAll)),
        part(words.token, token(current, reloadAll)),
        part(words.raw, loaded(quota, data => () => rawNumbers(data(), current()))),
        part(words.remove, h('p', { class: 'muted' }, words.removeText),
          h('div', {}, button({ kind: 'danger', icon: 'trash', onclick: () => { removeAccount(current(), reload).then(gone => gone && close()); } }, texts.accounts.remove.action))));
    },
  });
}

const part = (title, ...children) => h('section', { class: 'stack' }, h('h3', {}, title), children);

/** What is shown of a window is the pool's word, as everywhere; only its history comes with the quota. */
function windows(data, account) {
  const chosen = signal(null);
  const names = computed(() => data().windows.map(windowName).join('\n'));
  const shown = computed(() => {
    const list = data().windows;
    const window = list.find(each => windowName(each) === chosen()) ?? list[0];
    return window ? JSON.stringify([windowName(window), window.history]) : '';
  });
  return h('div', { class: 'stack' },
    () => windowList(account().limits),
    () => credits(data().credits),
    () => data().warning && note(prose(data().warning), 'warn'),
    () => names() && h('div', { class: 'row wrap' }, h('h4', { class: 'strong' }, words.history), names().includes('\n') && segments({
      name: words.history, options: names().split('\n').map(name => [name, name]), value: () => chosen() ?? names().split('\n')[0], onchange: chosen.set,
    })),
    () => {
      if (!shown()) return null;
      const [, samples] = JSON.parse(shown());
      return samples?.length ? historyChart(samples) : h('p', { class: 'muted small' }, words.noHistory);
    });
}

const credits = credits => (credits?.unlimited || credits?.hasCredits) && h('p', {}, credits.unlimited ? texts.account.unlimited : texts.account.credits(credits.balance));

function preferences(account, reload) {
  return h('div', { class: 'stack' },
    toggle({ name: words.enabled, value: () => account().enabled, onchange: enabled => save({ enabled }) }),
    h('div', { class: 'preferences' },
      edited('label', { type: 'text', maxlength: 60, placeholder: words.labelPlaceholder }, text => text.trim() || null),
      edited('priority', { type: 'number', min: -1000, max: 1000, step: 1 }, wholeNumber),
      edited('reserve', { type: 'number', min: 0, max: 100, step: 1 }, wholeNumber)));

  async function save(changes) {
    await patch(pathOf(account()), changes);
    await reload();
  }

  /** A field that saves when it is left or Enter is pressed, and tells what was wrong. */
  function edited(name, attributes, read) {
    const problem = signal(null);
    const saved = signal(false);
    let input;
    const commit = async () => {
      const before = account()[name] ?? null;
      const value = read(input.value);
      if (value === before) { problem.set(null); return; }
      saved.set(false);
      try {
        await save({ [name]: value });
        problem.set(null);
        saved.set(true);
      } catch (e) { problem.set(e.message); }
    };
    const shown = computed(() => account()[name] ?? '');
    return field({ label: words.fields[name].name }, (id, about) => [
      input = h('input', {
        id, class: 'input', ...attributes, value: shown, ariaDescribedby: about, ariaInvalid: () => (problem() ? 'true' : null),
        onchange: commit, oninput: () => saved.set(false),
        onkeydown: event => { if (event.key === 'Escape' && input.value !== String(shown.peek())) { event.preventDefault(); input.value = shown.peek(); problem.set(null); } },
      }),
      h('span', { class: () => (problem() ? 'error' : saved() ? 'hint ok' : 'hint'), id: about, role: 'status' }, () => problem() ?? (saved() ? words.saved : words.fields[name].hint)),
    ]);
  }
}

/** What cannot be read as a number goes to the program as it is, which says what it must be. */
const wholeNumber = text => (text.trim() === '' ? null : Number.isFinite(Number(text)) ? Number(text) : text);

function token(account, reload) {
  const does = (action, success) => attempt(async () => { const answer = await action(); await reload(); return answer; }, success);
  const valid = () => {
    const { tokenExpired, expiresAt } = account();
    const end = parse(expiresAt);
    if (tokenExpired) return h('span', { class: 'bad' }, texts.accounts.tokenExpired);
    return end === null ? texts.accounts.tokenValid : [moment(expiresAt), h('span', { class: 'muted' }, () => ` (${texts.time.in(span(end - now()))})`)];
  };
  return h('div', { class: 'stack' },
    () => facts([
      [words.valid, valid()],
      [words.added, account().addedAt && moment(account().addedAt)],
      [words.lastUsed, account().lastUsed ? ago(account().lastUsed, now()) : texts.accounts.neverUsed],
      [words.source, account().source === 'imported' ? texts.accounts.imported : words.ownSignIn],
    ]),
    h('div', { class: 'row wrap' },
      button({ icon: 'check', onclick: () => does(() => get(`/accounts/usage?email=${encodeURIComponent(account().id)}`), words.verified) }, words.verify),
      button({ icon: 'refresh', onclick: () => does(() => post(pathOf(account(), '/refresh')), texts.accounts.refreshedOne) }, words.refresh)),
    h('p', { class: 'small muted' }, words.tokenHint));
}

function rawNumbers(data, { limits }) {
  const exact = h('div', { class: 'stack' }, limits.length > 0 && dataTable({
    name: words.raw, id: windowName, rows: () => limits,
    columns: [
      { title: words.window, cell: window => windowName(window) },
      { title: words.used, num: true, cell: window => percent(window.usedPercent) },
      { title: words.left, num: true, cell: window => percent(window.leftPercent) },
      { title: words.resetsAt, num: true, cell: window => moment(window.resetsAt) },
    ],
  }), h('p', { class: 'small muted' }, words.fetched(data.quota?.fetchedAt ? moment(data.quota.fetchedAt) : null)));
  const answer = data.quota?.usage?.raw;
  return [exact, answer && !masked() && h('details', {}, h('summary', {}, words.answer), codeBlock(JSON.stringify(answer, null, 2), { name: words.copyAnswer }))];
}

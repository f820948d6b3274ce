// One account in the list.
import { h } from '../lib/dom.js';
import { patch, post } from '../lib/api.js';
import { parse, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { pool } from '../lib/program.js';
import { computed } from '../lib/signal.js';
import { setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { button, iconButton, pill, toggle } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { windowList } from '../components/windows.js';
import { removeAccount } from './accounts-remove.js';
import { planBadge, stateName, statePill, stateSentence } from './accounts-state.js';

const words = texts.accounts;

export const nameOf = account => who(account.label ?? account.email);

/** The path of one account; by its id, because an address may stand for two workspaces. */
export const pathOf = (account, rest = '') => `/accounts/${encodeURIComponent(account.id)}${rest}`;

/** @param account a signal of the account as it is now. */
export function accountRow(account, { reload, signIn }) {
  // Single values, so that an answer that brings nothing new changes no element.
  const of = read => computed(() => read(account()));
  const label = of(a => a.label);
  const isActive = of(a => a.isActive);
  const enabled = of(a => a.enabled);
  const state = of(a => a.state);
  const windows = of(a => JSON.stringify([a.limits, a.enabled]));
  const isNext = computed(() => pool.data()?.next[0]?.account === account().id);
  const does = (action, success) => attempt(async () => { const answer = await action(); await reload(); return answer; }, success);

  return h('li', { class: () => `card account ${enabled() ? '' : 'off'}` },
    h('div', { class: 'top' },
      h('div', { class: 'who' },
        h('h2', { class: 'cut' }, h('button', { type: 'button', class: 'plain-button cut', title: () => who(account().email), onclick: () => setParams({ account: account.peek().id }) }, () => nameOf(account()))),
        () => label() && h('span', { class: 'muted cut small' }, () => who(account().email)),
        h('span', { class: 'row wrap' }, () => planBadge(account().planType),
          h('span', { role: 'status' }, () => statePill(account())),
          () => isActive() && pill(texts.account.active, '', { dot: false }),
          () => isNext() && pill(texts.account.next, 'accent', { dot: false }))),
      h('div', { class: 'row do' },
        () => state() === 'needs-sign-in' && button({ kind: 'small primary', onclick: () => signIn({ again: account.peek() }) }, words.signInAgain),
        () => !isActive() && button({ kind: 'small', ariaLabel: words.switchTo(nameOf(account.peek())), onclick: () => does(() => post('/accounts/switch', { email: account.peek().id }), words.switched) }, words.switch),
        named(words.refreshOne, name => iconButton({ icon: 'refresh', name, onclick: () => does(() => post(pathOf(account.peek(), '/refresh')), words.refreshedOne) })),
        named(words.edit, name => iconButton({ icon: 'edit', name, onclick: () => setParams({ account: account.peek().id }) })),
        named(words.removeOne, name => iconButton({ icon: 'trash', name, onclick: () => { removeAccount(account.peek(), reload); } })),
        toggleFor())),
    () => stateSentence(account()) && h('p', { class: 'small muted' }, stateSentence(account())),
    () => windows() && account.peek().enabled && windowList(account.peek().limits),
    () => account().clocks.filter(clock => clock.model).map(clock => h('p', { class: 'small warn row' }, icon('alert', 13), words.clock(clock.model, stateName(clock.kind), when(clock.until)))),
    h('ul', { class: 'details small muted' }, () => details(account())));

  /** A control's name follows the account's, which a mask or a new label changes. */
  function named(name, make) {
    return () => { label(); return make(name(nameOf(account.peek()))); };
  }

  function toggleFor() {
    return () => toggle({
      name: words.enabled(nameOf(account.peek())), hideName: true, value: enabled,
      onchange: value => does(() => patch(pathOf(account.peek()), { enabled: value }), value ? words.enabledNow : words.disabledNow),
    });
  }
}

function details(account) {
  const expires = parse(account.expiresAt);
  return [
    h('li', { class: account.tokenExpired ? 'bad' : null }, account.tokenExpired ? words.tokenExpired : expires === null ? words.tokenValid : words.tokenUntil(when(account.expiresAt))),
    account.signsOut && h('li', { class: 'warn' }, words.signsOut(expires === null ? null : when(account.expiresAt))),
    account.priority !== 0 && h('li', {}, words.priorityIs(account.priority)),
    account.reserve !== 0 && h('li', {}, words.reserveIs(account.reserve)),
    account.source === 'imported' && h('li', {}, words.imported),
    h('li', {}, account.lastUsed ? words.lastUsed(when(account.lastUsed)) : words.neverUsed),
  ];
}

// Every account with its quota windows.
import { h } from '../lib/dom.js';
import { parse, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { accountName, pool } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { card, empty, loaded, pill } from '../components/parts.js';
import { windowList } from '../components/windows.js';
import { planBadge, stateName, statePill, stateSentence } from './accounts-state.js';

const words = texts.overview.accounts;

export const accountStrips = () => card({
  title: words.title, flush: true, class: 'strips',
  actions: h('a', { class: 'push small', href: href('accounts') }, words.manage),
}, loaded(pool, data => () => (data().accounts.length === 0
  ? empty({ icon: 'accounts', title: words.none, text: words.noneText, action: h('a', { class: 'button primary', href: href('accounts', { add: 1 }) }, words.add) })
  : h('ul', {}, data().accounts.map(account => strip(account, data()))))));

const strip = (account, { next }) => h('li', { class: `strip ${account.enabled ? '' : 'off'}` },
  h('div', { class: 'row wrap' },
    h('span', { class: 'strong cut', title: () => who(account.email) }, () => accountName(account.id)),
    planBadge(account.plan),
    statePill(account),
    next[0]?.account === account.id && pill(texts.account.next, 'accent', { dot: false }),
    credits(account.credits)),
  () => stateSentence(account) && h('p', { class: 'small muted' }, stateSentence(account)),
  account.signsOut && h('p', { class: 'small warn' }, () => texts.accounts.signsOut(parse(account.expiresAt) === null ? null : when(account.expiresAt))),
  account.enabled && windowList(account.windows),
  account.clocks.filter(clock => clock.model).map(clock => h('p', { class: 'small warn' }, () => words.clock(clock.model, stateName(clock.kind), when(clock.until)))));

function credits(credits) {
  if (!credits?.hasCredits && !credits?.unlimited) return null;
  return h('span', { class: 'small muted push' }, credits.unlimited ? texts.account.unlimited : texts.account.credits(credits.balance));
}

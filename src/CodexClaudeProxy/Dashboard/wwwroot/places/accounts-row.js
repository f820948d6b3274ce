// One account in the list: its name, how it stands, its quota windows, and a menu with what can be done.
import { html } from '../lib/ui.js';
import { patch, post } from '../lib/api.js';
import { parse, when } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { nameOf, pathOf, pool } from '../lib/program.js';
import { go, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Menu } from '../components/menu.js';
import { Button, Pill } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { isOwn, usedLimits, WindowCell } from '../components/windows.js';
import { removeAccount } from './accounts-remove.js';
import { redeemReset } from './accounts-resets.js';
import { PlanBadge, StatePill, stateName, stateSentence } from './accounts-state.js';
import { makeActive } from './accounts-switch.js';

const words = texts.accounts;

/** @param lengths of the plan's windows, a column each; isLimited: there is a column for limits of single models */
export function AccountRow({ account, lengths, isLimited, isNext, isActive, manage }) {
  const name = nameOf(account);
  const open = () => (manage ? setParams({ account: account.id }) : go('accounts', { account: account.id }));
  const openByRow = event => { if (!event.target.closest('a, button, [role="menu"]') && !getSelection().toString()) open(); };
  const told = notes(account);
  return html`<li class=${account.enabled ? 'account' : 'account off'} data-next=${isNext ? '' : null} onclick=${openByRow}>
    <div class="who">
      <div class="row">
        <h3 class="cut"><button type="button" class="plain-button cut" title=${who(account.email)} onclick=${open}>${name}</button></h3>
        <${PlanBadge} plan=${account.plan} />
        ${isNext && html`<${Pill} kind="accent" dot=${false}>${texts.account.next}<//>`}
        ${isActive && !isNext && html`<${Pill} dot=${false}>${texts.account.active}<//>`}
      </div>
      ${told && html`<p class="small muted cut" title=${told}>${told}</p>`}
    </div>
    <div class="state" role="status"><${StatePill} state=${account.state} until=${account.stateUntil} /></div>
    <div class="cells"><${Cells} ...${{ account, lengths, isLimited, manage }} /></div>
    <${Menu} name=${words.actionsOf(name)} items=${actions(account, { isActive, open, manage })} />
  </li>`;
}

function Cells({ account, lengths, isLimited, manage }) {
  if (account.state === 'needs-sign-in') return html`<${SignIn} account=${account} manage=${manage} />`;
  if (!account.enabled) return null;
  const own = account.windows.filter(isOwn);
  if (account.windows.length === 0) return html`<p class="small muted whole">${texts.account.noWindows}</p>`;
  const limits = usedLimits(account.windows);
  return [
    ...lengths.map(name => own.find(window => window.name === name)).map((window, i) => html`<div class="cell" key=${lengths[i]}>${window && html`<${WindowCell} window=${window} />`}</div>`),
    isLimited && html`<div class="cell" key="models">${limits[0] && html`<${WindowCell} window=${limits[0]} others=${limits.slice(1)} />`}</div>`,
  ];
}

/** An account that waits for its owner: its quota is of no use meanwhile. */
function SignIn({ account, manage }) {
  return html`<div class="row whole"><span class="small muted cut" title=${stateSentence(account)}>${stateSentence(account)}</span>
    <${Button} kind="small primary push" onclick=${() => signIn(account, manage)}>${words.signInAgain}<//></div>`;
}

function signIn(account, manage) {
  if (manage) manage.signIn({ again: account });
  else go('accounts', { again: account.id });
}

/** The second line: what the chip and the bars do not say, else the address behind a label. */
function notes(account) {
  const credits = account.credits;
  const all = [
    account.state !== 'needs-sign-in' && stateSentence(account),
    account.signsOut && words.signsOut(parse(account.expiresAt) === null ? null : when(account.expiresAt)),
    ...account.clocks.filter(clock => clock.model).map(clock => words.clock(clock.model, stateName(clock.kind), when(clock.until))),
    account.bankedResets > 0 && words.resets.count(account.bankedResets),
    account.label && who(account.email),
    credits?.unlimited ? texts.account.unlimited : credits?.hasCredits && texts.account.credits(prose(credits.balance)),
  ];
  return all.filter(Boolean).join(' · ');
}

function actions(account, { isActive, open, manage }) {
  const reload = manage?.reload ?? pool.reload;
  const does = (action, success) => { attempt(async () => { const answer = await action(); await reload(); return answer; }, success); };
  const enable = () => does(() => patch(pathOf(account), { enabled: !account.enabled }), account.enabled ? words.disabledNow : words.enabledNow);
  return [
    { id: 'details', icon: 'info', text: words.details, onclick: open },
    !isActive && { id: 'switch', icon: 'arrow', text: words.switch, onclick: () => { makeActive(account, reload); } },
    { id: 'refresh', icon: 'refresh', text: words.refreshOne, onclick: () => does(() => post(pathOf(account, '/refresh')), words.refreshedOne) },
    { id: 'sign-in', icon: 'key', text: words.signInAgain, onclick: () => signIn(account, manage) },
    account.bankedResets > 0 && { id: 'reset', icon: 'undo', text: words.resets.action, onclick: () => { redeemReset(account, reload); } },
    { id: 'enable', icon: account.enabled ? 'pause' : 'play', text: account.enabled ? words.disable : words.enable, onclick: enable },
    manage && { id: 'remove', icon: 'trash', text: texts.actions.remove, danger: true, onclick: () => { removeAccount(account, reload); } },
  ];
}

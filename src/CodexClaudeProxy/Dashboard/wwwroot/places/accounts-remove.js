// Removing an account: asked for first, with the choice to sign out at the login server too.
import { h } from '../lib/dom.js';
import { remove } from '../lib/api.js';
import { who } from '../lib/identity.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { button, note } from '../components/parts.js';
import { attempt, toast } from '../components/toast.js';

const words = texts.accounts.remove;

/** @returns true when it was removed. */
export async function removeAccount(account, reload) {
  let revoke;
  const agreed = await openDialog({
    title: words.title,
    content: () => h('div', { class: 'stack' },
      h('p', {}, words.text(account.label ? `${who(account.label)} (${who(account.email)})` : who(account.email))),
      h('label', { class: 'check' }, revoke = h('input', { type: 'checkbox' }), words.revoke),
      account.source === 'imported' ? note(words.revokeShared, 'warn') : h('p', { class: 'small muted' }, words.revokeHint)),
    actions: close => [
      button({ autofocus: true, onclick: () => close(false) }, texts.actions.cancel),
      button({ kind: 'primary danger', icon: 'trash', onclick: () => close(true) }, words.action),
    ],
  });
  if (agreed !== true) return false;

  const done = await attempt(() => remove(`/accounts/${encodeURIComponent(account.id)}${revoke.checked ? '?revoke=true' : ''}`), answer => answer.message);
  if (done?.note) toast(done.note, 'info');
  await reload();
  return done !== undefined;
}

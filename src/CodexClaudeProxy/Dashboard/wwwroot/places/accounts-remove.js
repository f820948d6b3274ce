// Removing an account: asked for first, with the choice to sign out at the login server too.
import { html, signal } from '../lib/ui.js';
import { remove } from '../lib/api.js';
import { who } from '../lib/identity.js';
import { nameOf, pathOf } from '../lib/program.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { Button, Note } from '../components/parts.js';
import { attempt, toast } from '../components/toast.js';

const words = texts.accounts.remove;

/** @returns true when it was removed. */
export async function removeAccount(account, reload) {
  const revokes = signal(false);
  const agreed = await openDialog({
    title: words.title,
    content: () => html`<div class="stack">
      <p>${words.text(account.label ? `${nameOf(account)} (${who(account.email)})` : nameOf(account))}</p>
      <label class="check"><input type="checkbox" checked=${revokes.value} onchange=${event => { revokes.value = event.currentTarget.checked; }} />${words.revoke}</label>
      ${account.source === 'imported' ? html`<${Note} kind="warn">${words.revokeShared}<//>` : html`<p class="small muted">${words.revokeHint}</p>`}
    </div>`,
    actions: ({ close }) => html`
      <${Button} autofocus onclick=${() => close(false)}>${texts.actions.cancel}<//>
      <${Button} kind="primary danger" icon="trash" onclick=${() => close(true)}>${words.action}<//>`,
  });
  if (agreed !== true) return false;

  const done = await attempt(() => remove(pathOf(account, revokes.peek() ? '?revoke=true' : '')), answer => answer.message);
  if (done?.note) toast(done.note, 'info');
  await reload();
  return done !== undefined;
}

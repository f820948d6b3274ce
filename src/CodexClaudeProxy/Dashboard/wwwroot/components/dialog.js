// Native dialogs: they keep the focus inside, close with Escape, and give the focus back.
import { html, render, uid } from '../lib/ui.js';
import { texts } from '../texts.js';
import { Button, IconButton } from './parts.js';

/**
 * Opens a dialog and resolves with what close(value) was given, or undefined when it was dismissed.
 * @param content, actions components that are given `close`; they are gone when the dialog is closed.
 */
export function openDialog({ title, content: Content, actions: Actions = null, kind = 'box', wide = false, dismissable = true, onclose = null }) {
  return new Promise(resolve => {
    const dialog = document.createElement('dialog');
    let result;
    const close = value => { result = value; dialog.close(); };
    dialog.className = wide ? `${kind} wide` : kind;
    dialog.setAttribute('aria-labelledby', uid('title'));
    dialog.addEventListener('cancel', event => { if (!dismissable) event.preventDefault(); });
    dialog.addEventListener('mousedown', event => { if (dismissable && event.target === dialog && isOutside(event, dialog)) close(); });
    dialog.addEventListener('close', () => {
      render(null, dialog);
      dialog.remove();
      onclose?.();
      resolve(result);
    });
    render(html`<${Frame} ...${{ id: dialog.getAttribute('aria-labelledby'), title, kind, dismissable, close, Content, Actions }} />`, dialog);
    document.body.append(dialog);
    dialog.showModal();
    /** @type {HTMLElement} */ (dialog.querySelector('[autofocus]'))?.focus();
  });
}

function Frame({ id, title, kind, dismissable, close, Content, Actions }) {
  const scrolls = kind === 'drawer' ? { tabindex: 0, role: 'group', 'aria-labelledby': id } : {};
  return html`
    <div class="title"><h2 id=${id}>${title}</h2>${dismissable && html`<${IconButton} icon="close" kind="quiet push" name=${texts.actions.close} title=${undefined} onclick=${() => close()} />`}</div>
    <div class="content" ...${scrolls}><${Content} close=${close} /></div>
    ${Actions && html`<div class="actions"><${Actions} close=${close} /></div>`}`;
}

/** @returns true when the person agreed. The safe button has the focus. */
export const confirm = ({ title, body, action, danger = false }) => openDialog({
  title,
  content: () => html`<p class="muted">${body}</p>`,
  actions: ({ close }) => html`
    <${Button} autofocus onclick=${() => close(false)}>${texts.actions.cancel}<//>
    <${Button} kind=${danger ? 'primary danger' : 'primary'} onclick=${() => close(true)}>${action}<//>`,
}).then(answer => answer === true);

/** A panel at the side. @returns a function that closes it. */
export function openDrawer({ title, content: Content, onclose = null }) {
  let end = null;
  const Kept = ({ close }) => { end = close; return html`<${Content} close=${close} />`; };
  openDialog({ title, kind: 'drawer', onclose, content: Kept });
  return () => end();
}

function isOutside({ clientX, clientY }, dialog) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

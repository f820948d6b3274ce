// Native dialogs: they keep the focus inside, close with Escape, and give the focus back.
import { h, uid } from '../lib/dom.js';
import { root } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from './icons.js';

/**
 * Opens a dialog and resolves with what close(value) was given, or undefined when it was dismissed.
 * @param content close → nodes; everything reactive in it ends when the dialog closes.
 */
export function openDialog({ title, content, actions, kind = 'box', wide = false, dismissable = true, onclose }) {
  return new Promise(resolve => {
    const id = uid('title');
    let result;
    const close = value => { result = value; dialog.close(); };
    const dialog = h('dialog', { class: `${kind}${wide ? ' wide' : ''}`, ariaLabelledby: id });
    const scope = root(() => [
      h('div', { class: 'title' }, h('h2', { id }, title),
        dismissable && h('button', { class: 'button quiet icon push', type: 'button', ariaLabel: texts.actions.close, onclick: () => close() }, icon('close'))),
      h('div', { class: 'content', ...(kind === 'drawer' && { tabindex: 0, role: 'group', ariaLabelledby: id }) }, content(close)),
      actions && h('div', { class: 'actions' }, actions(close)),
    ]);
    dialog.append(...scope.value.filter(Boolean));
    dialog.addEventListener('cancel', event => { if (!dismissable) event.preventDefault(); });
    dialog.addEventListener('mousedown', event => { if (dismissable && event.target === dialog && isOutside(event, dialog)) close(); });
    dialog.addEventListener('close', () => {
      scope.end();
      dialog.remove();
      onclose?.();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('[autofocus]')?.focus();
  });
}

/** @returns true when the person agreed. The safe button has the focus. */
export const confirm = ({ title, body, action, danger = false }) => openDialog({
  title,
  content: () => h('p', { class: 'muted' }, body),
  actions: close => [
    h('button', { class: 'button', type: 'button', autofocus: true, onclick: () => close(false) }, texts.actions.cancel),
    h('button', { class: `button primary${danger ? ' danger' : ''}`, type: 'button', onclick: () => close(true) }, action),
  ],
}).then(answer => answer === true);

/** A panel at the side. @returns a function that closes it. */
export function openDrawer({ title, content, onclose }) {
  let close = null;
  openDialog({ title, kind: 'drawer', onclose, content: end => { close = end; return content(end); } });
  return () => close();
}

function isOutside({ clientX, clientY }, dialog) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

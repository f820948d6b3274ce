// Short messages in a corner, read out by screen readers. A failure stays until it is closed.
import { html, signal, uid, useLayoutEffect, useRef } from '../lib/ui.js';
import { texts } from '../texts.js';
import { Icon } from './icons.js';

const ICONS = { ok: 'check', bad: 'alert', info: 'info' };

const shown = signal([]);

/** Where they appear. A popover, so that it lies above open dialogs as well. */
export function Toasts() {
  const region = useRef(null);
  const newest = shown.value.at(-1)?.id;
  useLayoutEffect(() => {
    if (!newest) return;
    region.current.hidePopover();
    region.current.showPopover();
  }, [newest]);
  return html`<div class="toasts" popover="manual" ref=${region}>
    <div role="status" aria-live="polite" class="stack tight">${shown.value.filter(({ kind }) => kind !== 'bad').map(Toast)}</div>
    <div role="alert" aria-live="assertive" class="stack tight">${shown.value.filter(({ kind }) => kind === 'bad').map(Toast)}</div>
  </div>`;
}

const Toast = ({ id, kind, text }) => html`<div class="toast" key=${id}>
  <span class=${kind}><${Icon} name=${ICONS[kind]} /></span>
  <p>${text}</p>
  <button class="button quiet icon small" aria-label=${texts.actions.dismiss} onclick=${() => close(id)}><${Icon} name="close" size=${14} /></button>
</div>`;

function close(id) {
  shown.value = shown.peek().filter(toast => toast.id !== id);
}

/** kind: 'ok', 'bad' or 'info'. */
export function toast(text, kind = 'ok') {
  if (!text) return;
  const id = uid('toast');
  shown.value = [...shown.peek(), { id, kind, text }];
  if (kind !== 'bad') setTimeout(() => close(id), 5000);
}

/** Runs an action; says how it went. @returns its value, or undefined after a failure. */
export async function attempt(action, success) {
  try {
    const value = await action();
    const text = typeof success === 'function' ? success(value) : success;
    if (text) toast(text);
    return value ?? true;
  } catch (e) {
    if (e.name !== 'AbortError') toast(e.message, 'bad');
    return undefined;
  }
}

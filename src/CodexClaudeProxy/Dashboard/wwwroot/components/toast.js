// Short messages in a corner, read out by screen readers. A failure stays until it is closed.
import { h } from '../lib/dom.js';
import { texts } from '../texts.js';
import { icon } from './icons.js';

const polite = h('div', { role: 'status', ariaLive: 'polite', class: 'stack tight' });
const urgent = h('div', { role: 'alert', ariaLive: 'assertive', class: 'stack tight' });

// A popover, so that it lies above open dialogs as well.
const region = h('div', { class: 'toasts', popover: 'manual' }, polite, urgent);

export const toastRegion = () => region;

/** kind: 'ok', 'bad' or 'info'. */
export function toast(text, kind = 'ok') {
  if (!text) return;
  const element = h('div', { class: 'toast' },
    h('span', { class: kind }, icon(kind === 'bad' ? 'alert' : kind === 'ok' ? 'check' : 'info')),
    h('p', {}, text),
    h('button', { class: 'button quiet icon small', ariaLabel: texts.actions.dismiss, onclick: () => close() }, icon('close', 14)));
  const timer = kind === 'bad' ? null : setTimeout(() => close(), 5000);
  (kind === 'bad' ? urgent : polite).append(element);
  region.hidePopover();
  region.showPopover();

  function close() {
    clearTimeout(timer);
    element.remove();
  }
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

// The keys that work everywhere.
import { go } from './lib/router.js';
import { signal } from './lib/ui.js';

const PLACES = { o: 'overview', a: 'accounts', r: 'requests', n: 'analytics', c: 'claude', s: 'settings' };

/** How long after g the key of a place is waited for, in milliseconds. */
const PATIENCE = 1500;

const SWITCH = 'single-keys';

/** Keys without Ctrl stand in the way of whoever speaks to the computer: they can be turned off. */
export const singleKeys = signal(readChoice());

export function setSingleKeys(value) {
  try { localStorage.setItem(SWITCH, value ? '' : 'off'); } catch { /* then it counts until the next reload */ }
  singleKeys.value = value;
}

function readChoice() {
  try { return localStorage.getItem(SWITCH) !== 'off'; } catch { return true; }
}

/** The key of a place after g; null when it has none. */
export const keyOf = place => Object.keys(PLACES).find(key => PLACES[key] === place) ?? null;

/** What seldom is asked for is loaded when it is. */
export async function showCommands() { (await import('./places/commands.js')).openCommands(); }

export async function showShortcuts() { (await import('./places/commands.js')).openShortcuts(); }

export async function changeNotices() { await (await import('./places/commands.js')).changeNotices(); }

export function listen() {
  let waitsUntil = 0;
  addEventListener('keydown', event => {
    const isOpen = document.querySelector('dialog[open]') !== null;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!isOpen) showCommands();
      return;
    }

    if (!singleKeys.peek() || isOpen || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const place = event.timeStamp < waitsUntil ? PLACES[event.key] : undefined;
    waitsUntil = event.key === 'g' ? event.timeStamp + PATIENCE : 0;
    if (place) go(place);
    else if (event.key === '?') showShortcuts();
    else if (event.key === '/') search(event);
  });
}

const isTyping = target => target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

function search(event) {
  const field = document.querySelector('main input[type="search"]');
  if (!(field instanceof HTMLElement)) return;
  event.preventDefault();
  field.focus();
}

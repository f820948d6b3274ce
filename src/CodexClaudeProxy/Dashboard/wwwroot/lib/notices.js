// Notifications of the browser, off until somebody asks for them: an account is used up, is there again, or needs its owner.
import { computed, effect, signal, untracked } from './ui.js';
import { when } from './format.js';
import { nameOf, pool } from './program.js';
import { go } from './router.js';
import { texts } from '../texts.js';

const SWITCH = 'notices';

/** How often the accounts are looked at while the page is hidden, in milliseconds. */
const HIDDEN = 60_000;

const words = texts.notices;

const wanted = signal(readChoice());

/** The browser may have been told otherwise since. */
export const notices = computed(() => wanted.value && 'Notification' in window && Notification.permission === 'granted');

function readChoice() {
  try { return localStorage.getItem(SWITCH) === 'on'; } catch { return false; }
}

/** @returns {Promise<string | null>} what stands in the way, or null. */
export async function setNotices(on) {
  if (on && !('Notification' in window)) return words.unsupported;
  if (on && await Notification.requestPermission() !== 'granted') return words.denied;
  try { localStorage.setItem(SWITCH, on ? 'on' : ''); } catch { /* then it counts until the next reload */ }
  wanted.value = on;
  return null;
}

/** What has become of the accounts since they were looked at last. The first look only remembers. */
export function watch() {
  const before = new Map();
  effect(() => {
    for (const account of pool.data.value?.accounts ?? []) {
      const told = before.has(account.id) ? change(before.get(account.id), account) : null;
      before.set(account.id, account.enabled ? account.state : 'disabled');
      if (told && untracked(() => notices.value)) untracked(() => show(account, told));
    }
  });
  setInterval(() => { if (document.hidden && notices.peek()) pool.reload(); }, HIDDEN);
}

function change(was, { state, stateUntil, enabled }) {
  if (!enabled || state === was) return null;
  if (state === 'exhausted') return stateUntil ? words.dryUntil(when(stateUntil)) : words.dry;
  if (state === 'needs-sign-in') return words.signIn;
  return state === 'ready' && was === 'exhausted' ? words.back : null;
}

function show(account, body) {
  try {
    // Several open pages tell it once.
    const notice = new Notification(nameOf(account), { body, tag: `${SWITCH} ${account.id}`, icon: 'assets/icon.svg' });
    notice.onclick = () => { window.focus(); go('accounts', { account: account.id }); notice.close(); };
  } catch { /* a browser that lets only service workers do so */ }
}

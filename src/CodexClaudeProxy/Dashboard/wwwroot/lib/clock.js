// One clock for all countdowns. It stands still while the page is hidden.
import { computed, signal } from './ui.js';

/** A signal: milliseconds since 1970, changing once a second. */
export const now = signal(Date.now());

function tick() {
  if (!document.hidden) now.value = Date.now();
}

setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);

/** The same, changing every ten seconds: for what is told in minutes. */
export const calmNow = computed(() => now.value - (now.value % 10_000));

// One clock for all countdowns. It stands still while the page is hidden.
import { signal } from './ui.js';

/** A signal: milliseconds since 1970, changing once a second. */
export const now = signal(Date.now());

function tick() {
  if (!document.hidden) now.value = Date.now();
}

setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);

// One clock for all countdowns. It stands still while the page is hidden.
import { signal } from './signal.js';

/** Milliseconds since 1970, changing once a second. */
export const now = signal(Date.now());

function tick() {
  if (!document.hidden) now.set(Date.now());
}

setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);

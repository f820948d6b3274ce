// What the window is like, for what is built otherwise on a small screen and not only laid out otherwise.
import { signal } from './ui.js';

const phone = matchMedia('(max-width: 40rem)');

/** A signal: too narrow for a table with many columns. */
export const narrow = signal(phone.matches);

phone.addEventListener('change', () => { narrow.value = phone.matches; });

// Who is behind an account or a project. With the mask on, others may look at the screen: names become "Account 1".
import { signal } from './ui.js';
import { texts } from '../texts.js';

const MASK = 'mask';

/** The switch "Mask identities". */
export const masked = signal(readChoice());

export function setMasked(value) {
  try { localStorage.setItem(MASK, value ? '1' : ''); } catch { /* then it counts until the next reload */ }
  masked.value = value;
}

function readChoice() {
  try { return localStorage.getItem(MASK) === '1'; } catch { return false; }
}

const names = new Map();

/** kind: 'account', 'project', 'session' or 'conversation'; the same value has the same stand-in as long as the page is open. */
export function who(value, kind = 'account') {
  if (value === null || value === undefined || value === '') return '';
  if (!masked.value) return String(value);

  // An account is known by its address, its id and its label; the first part of the id is the address.
  const key = `${kind}:${kind === 'account' ? canonical(value) : value}`;
  if (!names.has(key)) names.set(key, [...names.keys()].filter(known => known.startsWith(`${kind}:`)).length + 1);
  return texts.mask[kind](names.get(key));
}

const aliases = new Map();

/** Tells that these names mean one account, so that one stand-in serves for all. */
export function sameAccount(address, ...others) {
  for (const other of others) if (other) aliases.set(other, address);
}

const canonical = value => aliases.get(value) ?? String(value).split(':')[0];

const HIDDEN = 'hidden-from-address';

/** For as long as the tab is open: after a reload, and by the back button, the address must lead to the same. */
const hidden = readHidden();

function readHidden() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(HIDDEN) ?? '[]');
    return Array.isArray(kept) ? kept.filter(value => typeof value === 'string') : [];
  } catch { return []; }
}

/** What stands for it in the address while identities are masked. */
export function inAddress(value) {
  if (!masked.value) return value;
  let at = hidden.indexOf(value);
  if (at < 0) {
    at = hidden.push(value) - 1;
    try { sessionStorage.setItem(HIDDEN, JSON.stringify(hidden)); } catch { /* then it counts until the next reload */ }
  }
  return `~${at + 1}`;
}

/** The other way round. One of another tab means nothing here, and stays. */
export const ofAddress = text => (/^~\d+$/.test(text) ? hidden[Number(text.slice(1)) - 1] ?? text : text);

/** A sentence of the program, in which e-mail addresses may occur. */
export function prose(text) {
  if (!text || !masked.value) return text ?? '';
  let result = text;
  for (const [alias] of aliases) if (alias.length > 2) result = result.replaceAll(alias, () => who(alias));
  return result.replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+(:[\w-]+)?/g, found => who(found));
}

// Talks to the program. The access key, if there is one, is kept for this tab only and goes along as a header.
import { signal } from './ui.js';
import { texts } from '../texts.js';

const KEY = 'access-key';

/** The program wants a key that we do not have or that is wrong. */
export const needsKey = signal(false);

/** false after a request that did not reach the program. */
export const reachable = signal(true);

/** When the program answered last before it could not be reached, or null. */
export const answeredAt = signal(null);

/** A failure with the program's own sentence. `status` is 0 when it was not reached; `missing` when it has no such route. */
export class Failure extends Error {
  constructor(status, message, body) {
    super(message);
    this.status = status;
    this.body = body;
  }

  get missing() { return this.status === 404 || this.status === 405 || this.status === 501; }
}

export function takeKey(key) {
  try { sessionStorage.setItem(KEY, key); } catch { /* then it is asked for again after a reload */ }
  memory = key;
  needsKey.value = false;
}

let lastAnswer = null;
let memory = null;
try { memory = sessionStorage.getItem(KEY); } catch { /* storage is switched off */ }

export const accessKey = () => memory;

/** Where the program has a path: below the page's own address, which may lie below a path of a reverse proxy. */
export const address = path => new URL(`.${path}`, document.baseURI);

/**
 * A request as fetch makes it, with the key; for answers that are read as a stream.
 * @param {string} path
 * @param {{ method?: string, body?: any, signal?: AbortSignal, headers?: Record<string, string> }} options
 */
export async function call(path, { method = 'GET', body, signal: abort, headers = {} } = {}) {
  /** @type {Record<string, string>} */
  const all = { accept: 'application/json', ...headers };
  if (memory) all.authorization = `Bearer ${memory}`;
  if (body !== undefined) all['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(address(path), { method, headers: all, body: body === undefined ? undefined : JSON.stringify(body), signal: abort, cache: 'no-store' });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    if (reachable.peek()) answeredAt.value = lastAnswer;
    reachable.value = false;
    throw new Failure(0, texts.api.unreachable);
  }
  lastAnswer = new Date().toISOString();
  reachable.value = true;
  // What a client asks may need a client's key, which opens nothing else here.
  if (response.status === 401 && !path.startsWith('/v1/') && await isOurKey(response)) needsKey.value = true;
  if (response.status === 403 && memory && await isForOwners(response)) forgetKey();
  return response;
}

/** A client's key was entered where the owner's is wanted. */
async function isForOwners(response) {
  return (await response.clone().json().catch(() => null))?.error?.startsWith?.("A client's key opens") === true;
}

function forgetKey() {
  try { sessionStorage.removeItem(KEY); } catch { /* it was not kept */ }
  memory = null;
}

/** The backend's 401, when an account must sign in, has other words. The routes of the page and those of clients say it in envelopes of their own. */
async function isOurKey(response) {
  const error = (await response.clone().json().catch(() => null))?.error;
  return (error?.message ?? error) === 'invalid x-api-key';
}

export async function request(path, options) {
  const response = await call(path, options);
  const text = await response.text();
  let body = null;
  try { body = text ? JSON.parse(text) : null; } catch { /* no JSON: said below */ }
  if (!response.ok || body?.success === false) throw new Failure(response.status, sentence(body, response.status), body);
  return body;
}

/** @type {<P extends string>(path: P, options?: object) => Promise<import('./answers').Answer<P>>} */
export const get = (path, options) => request(path, options);

/** @type {<P extends string>(path: P, body?: object, options?: object) => Promise<import('./answers').Answer<P, 'post'>>} */
export const post = (path, body = {}, options) => request(path, { method: 'POST', body, ...options });

/** @type {<P extends string>(path: P, body: object) => Promise<import('./answers').Answer<P, 'patch'>>} */
export const patch = (path, body) => request(path, { method: 'PATCH', body });

/** @type {<P extends string>(path: P, body?: object) => Promise<import('./answers').Answer<P, 'delete'>>} */
export const remove = (path, body) => request(path, { method: 'DELETE', body });

function sentence(body, status) {
  const error = body?.error;
  return (typeof error === 'string' ? error : error?.message) ?? body?.message ?? texts.api.status(status);
}

/** Saves an answer as a file. A plain link could not carry the key. */
export async function download(path, name) {
  const response = await call(path, { headers: { accept: '*/*' } });
  if (!response.ok) throw new Failure(response.status, sentence(await response.json().catch(() => null), response.status));
  save(await response.blob(), name);
}

/** Saves what the page has made as a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

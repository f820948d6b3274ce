// The place and its filters are in the address, behind the #: /#/requests?outcome=failed. So back, forward, reload and links work.
import { signal } from './ui.js';

const read = () => {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { place: path || 'overview', params: new URLSearchParams(query) };
};

/** { place, params } as the address says. */
export const route = signal(read());

addEventListener('popstate', () => { route.value = read(); });
addEventListener('hashchange', () => { route.value = read(); });

/** The address of a place, for links. Parameters that are empty are left out. */
export function href(place, params = {}) {
  const query = new URLSearchParams();
  const entries = params instanceof URLSearchParams ? params.entries() : Object.entries(params);
  for (const [name, value] of entries) if (value !== null && value !== undefined && value !== '') query.set(name, value);
  const text = query.toString();
  return `#/${place === 'overview' ? '' : place}${text ? `?${text}` : ''}`;
}

export function go(place, params = {}, { replace = false } = {}) {
  const address = href(place, params);
  if (address === location.hash || (address === '#/' && location.hash === '')) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  route.value = read();
}

/** Changes some parameters of the place we are at; null removes one. */
export function setParams(changes, options) {
  const { place, params } = route.peek();
  go(place, { ...Object.fromEntries(params), ...changes }, options);
}

/** One parameter of the address, or '' when it is not there. Whoever reads it follows it. */
export const param = name => route.value.params.get(name) ?? '';

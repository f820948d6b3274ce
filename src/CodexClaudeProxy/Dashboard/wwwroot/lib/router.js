// The place and its filters are in the address, behind the #: /#/requests?outcome=failed. So back, forward, reload and links work.
import { inAddress, masked, ofAddress } from './identity.js';
import { effect, signal, untracked } from './ui.js';

/** Parameters that say who or whose, as also the series left out of a chart: others who look at the screen see the address too. */
const IDENTITIES = new Set(['account', 'again', 'project', 'session', 'conversation', 'hidden']);

const read = () => {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const params = new URLSearchParams(query);
  for (const name of IDENTITIES) if (params.has(name)) params.set(name, ofAddress(params.get(name)));
  return { place: path || 'overview', params };
};

/** { place, params } as the address says. */
export const route = signal(read());

const follow = () => { route.value = read(); };

addEventListener('popstate', follow);
addEventListener('hashchange', follow);

// Also an address that was typed, or that the back button leads to, is hidden or shown as the switch says.
effect(() => {
  void masked.value;
  const { place, params } = route.value;
  untracked(() => {
    if ([...IDENTITIES].some(name => params.has(name))) go(place, params, { replace: true });
  });
});

/** The address of a place, for links. Parameters that are empty are left out. */
export function href(place, params = {}) {
  const query = new URLSearchParams();
  const entries = params instanceof URLSearchParams ? params.entries() : Object.entries(params);
  for (const [name, value] of entries) {
    if (value !== null && value !== undefined && value !== '') query.set(name, IDENTITIES.has(name) ? inAddress(String(value)) : value);
  }
  const text = query.toString();
  return `#/${place === 'overview' ? '' : place}${text ? `?${text}` : ''}`;
}

export function go(place, params = {}, { replace = false } = {}) {
  const address = href(place, params);
  if (address === location.hash || (address === '#/' && location.hash === '')) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  follow();
}

/** Changes some parameters of the place we are at; null removes one. */
export function setParams(changes, options) {
  const { place, params } = route.peek();
  go(place, { ...Object.fromEntries(params), ...changes }, options);
}

/** One parameter of the address, or '' when it is not there. Whoever reads it follows it. */
export const param = name => route.value.params.get(name) ?? '';

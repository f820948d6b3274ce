// The frame around every place: bar, navigation, content.
import { h, fill } from './lib/dom.js';
import { computed, effect, root, signal, untracked } from './lib/signal.js';
import { href, route } from './lib/router.js';
import { masked, setMasked } from './lib/identity.js';
import { state, version } from './lib/program.js';
import { texts } from './texts.js';
import { icon } from './components/icons.js';
import { iconButton, empty, button } from './components/parts.js';
import { toastRegion } from './components/toast.js';

const PLACES = {
  overview: () => import('./places/overview.js'),
  accounts: () => import('./places/accounts.js'),
  requests: () => import('./places/requests.js'),
  claude: () => import('./places/claude.js'),
  settings: () => import('./places/settings.js'),
};

const here = computed(() => (route().place in PLACES ? route().place : 'overview'));

export function start() {
  const main = h('main', { class: 'main', id: 'main', tabindex: -1, data: () => ({ stale: state() === 'offline' ? 'yes' : 'no' }) });
  document.body.replaceChildren(
    h('a', { class: 'skip unseen', href: '#main', onclick: event => { event.preventDefault(); main.focus(); } }, texts.skip),
    h('div', { class: 'frame' }, bar(), navigation(), main),
    toastRegion());
  showPlaces(main);
}

function bar() {
  const pillKind = { online: 'ok live', offline: 'bad', failed: 'bad', login: 'bad', locked: 'warn', empty: 'warn', waiting: 'warn', connecting: '' };
  return h('header', { class: 'bar' },
    h('a', { class: 'brand', href: href('overview') },
      h('img', { src: 'assets/icon.svg', alt: '' }), h('b', { class: 'cut' }, texts.product), h('span', { class: 'version faint small' }, version)),
    h('span', { class: 'push', role: 'status', title: () => texts.state.name(texts.state[state()]) },
      h('span', { class: () => `pill ${pillKind[state()]}` }, h('i'), h('span', { class: 'unseen' }, 'codex-claude-proxy: '), () => texts.state[state()])),
    h('button', {
      type: 'button', class: 'button quiet icon', ariaPressed: () => String(masked()), ariaLabel: texts.mask.off, title: () => (masked() ? texts.mask.on : texts.mask.off),
      onclick: () => setMasked(!masked()),
    }, () => icon(masked() ? 'eye-off' : 'eye')),
    themeButton());
}

const THEMES = ['system', 'light', 'dark'];

function themeButton() {
  const theme = signal(document.documentElement.dataset.theme ?? 'system');
  const next = () => THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  return h('span', {}, () => iconButton({
    icon: { system: 'system', light: 'sun', dark: 'moon' }[theme()],
    name: texts.theme.change(texts.theme[theme()], texts.theme[next()]),
    onclick: event => {
      const chosen = next();
      const host = event.currentTarget.parentElement;
      if (chosen === 'system') delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = chosen;
      try { localStorage.setItem('theme', chosen); } catch { /* then it counts until the next reload */ }
      theme.set(chosen);
      document.dispatchEvent(new CustomEvent('themechange'));
      host.querySelector('button').focus();
    },
  }));
}

const navigation = () => h('nav', { class: 'places', ariaLabel: texts.placesName },
  h('ul', {}, Object.keys(PLACES).map(id => h('li', {},
    h('a', { href: href(id), ariaCurrent: () => (here() === id ? 'page' : null) }, icon(id), placeName(id))))));

const placeName = id => (texts.shortPlaces[id]
  ? [h('span', { class: 'long' }, texts.places[id]), h('span', { class: 'short' }, texts.shortPlaces[id])]
  : h('span', {}, texts.places[id]));

/** Shows the place of the address. A change of its parameters alone leaves it standing: it reads them itself. */
function showPlaces(main) {
  let leave = null;
  let isFirst = true;
  effect(() => {
    const id = here();
    untracked(async () => {
      document.title = texts.title(texts.places[id]);
      let build;
      try {
        build = await PLACES[id]();
      } catch (e) {
        console.error(e);
        build = { render: () => empty({ icon: 'alert', title: texts.failed, text: texts.api.unreachable, action: button({ icon: 'refresh', onclick: () => location.reload() }, texts.actions.retry) }) };
      }
      if (here.peek() !== id) return;
      leave?.();
      const heading = h('h1', { tabindex: -1 }, texts.places[id]);
      const scope = root(() => h('div', { class: `place ${id}` }, h('div', { class: 'head' }, heading, build.actions?.()), build.render()));
      leave = scope.end;
      fill(main, scope.value);
      // Whoever has chosen a place is taken to its beginning; a page that has just loaded keeps the focus where it is.
      if (!isFirst) { heading.focus({ preventScroll: true }); scrollTo(0, 0); }
      isFirst = false;
    });
  });
}

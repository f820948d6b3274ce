// The frame around every place: bar, navigation, content.
import { computed, effect, html, Live, render, signal, untracked, useErrorBoundary, useLayoutEffect, useRef, useSignal } from './lib/ui.js';
import { now } from './lib/clock.js';
import { time, zone } from './lib/format.js';
import { href, route } from './lib/router.js';
import { masked, setMasked } from './lib/identity.js';
import { notices, watch } from './lib/notices.js';
import { state, version } from './lib/program.js';
import { changeNotices, listen, showCommands } from './keys.js';
import { texts } from './texts.js';
import { Icon } from './components/icons.js';
import { Button, Empty, IconButton } from './components/parts.js';
import { Toasts } from './components/toast.js';

const PLACES = {
  overview: () => import('./places/overview.js'),
  accounts: () => import('./places/accounts.js'),
  requests: () => import('./places/requests.js'),
  analytics: () => import('./places/analytics.js'),
  claude: () => import('./places/claude.js'),
  settings: () => import('./places/settings.js'),
};

/** With those that are not in the navigation. */
const ALL = { ...PLACES, gallery: () => import('./places/gallery.js') };

const titleOf = id => texts.places[id] ?? texts.hiddenPlaces[id];

const here = computed(() => (route.value.place in ALL ? route.value.place : 'overview'));

/** The place on the screen: { id, Place, Actions, isFirst }. While the next one is loaded the one before stays. */
const shown = signal(null);

export function start() {
  document.body.replaceChildren();
  render(html`<${Page} />`, document.body);
  listen();
  watch();
  effect(() => {
    const id = here.value;
    untracked(() => { show(id); });
  });
}

/** A change of a place's parameters alone leaves it standing: it reads them itself. */
async function show(id) {
  document.title = texts.title(titleOf(id));
  let place;
  try {
    place = await ALL[id]();
  } catch (e) {
    console.error(e);
    place = { Place: Broken };
  }
  if (here.peek() === id) shown.value = { id, Place: place.Place, Actions: place.Actions, isFirst: shown.peek() === null };
}

function Page() {
  const main = useRef(null);
  const skip = event => { event.preventDefault(); main.current.focus(); };
  return html`
    <a class="skip unseen" href="#main" onclick=${skip}>${texts.skip}</a>
    <div class="frame">
      <${Bar} /><${Navigation} />
      <main class="main" id="main" tabindex="-1" data-stale=${state.value === 'offline' ? 'yes' : 'no'} ref=${main}>${shown.value && html`<${Shown} key=${shown.value.id} ...${shown.value} />`}</main>
    </div>
    <${Toasts} />`;
}

function Shown({ id, Place, Actions, isFirst }) {
  const heading = useRef(null);
  const [failure] = useErrorBoundary(e => console.error(e));
  // Whoever has chosen a place is taken to its beginning; a page that has just loaded keeps the focus where it is.
  useLayoutEffect(() => {
    if (isFirst) return;
    heading.current.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return html`<div class="place ${id}">
    <div class="head"><h1 tabindex="-1" ref=${heading}>${titleOf(id)}</h1>${Actions && !failure && html`<${Actions} />`}</div>
    ${failure ? html`<${Broken} />` : html`<${Place} />`}
  </div>`;
}

const Broken = () => html`<${Empty} icon="alert" title=${texts.failed} text=${texts.api.unreachable}
  action=${html`<${Button} icon="refresh" onclick=${() => location.reload()}>${texts.actions.retry}<//>`} />`;

const PILLS = { online: 'ok live', offline: 'bad', failed: 'bad', login: 'bad', locked: 'warn', empty: 'warn', waiting: 'warn', connecting: '' };

const Bar = () => html`<header class="bar">
  <a class="brand" href=${href('overview')}><img src="assets/icon.svg" alt="" /><b class="cut">${texts.product}</b><span class="version faint small">${version()}</span></a>
  <span class="faint small wide-only" title=${texts.time.zone(zone())}><${Live}>${() => time(new Date(now.value).toISOString())}<//></span>
  <span role="status" title=${texts.state.name(texts.state[state.value])}><span class="pill ${PILLS[state.value]}"><i></i><span class="unseen">codex-claude-proxy: </span>${texts.state[state.value]}</span></span>
  <button type="button" class="button quiet icon" aria-label=${texts.palette.open} title=${texts.palette.openWith} aria-keyshortcuts="Control+K" onclick=${showCommands}><${Icon} name="search" /></button>
  <button type="button" class="button quiet icon wide-only" aria-pressed=${String(notices.value)} aria-label=${texts.notices.on} title=${notices.value ? texts.notices.off : texts.notices.on}
    onclick=${changeNotices}><${Icon} name=${notices.value ? 'bell' : 'bell-off'} /></button>
  <button type="button" class="button quiet icon" aria-pressed=${String(masked.value)} aria-label=${texts.mask.off} title=${masked.value ? texts.mask.on : texts.mask.off}
    onclick=${() => setMasked(!masked.peek())}><${Icon} name=${masked.value ? 'eye-off' : 'eye'} /></button>
  <${ThemeButton} />
</header>`;

const THEMES = ['system', 'light', 'dark'];
const THEME_ICONS = { system: 'system', light: 'sun', dark: 'moon' };

function ThemeButton() {
  const theme = useSignal(document.documentElement.dataset.theme ?? 'system');
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  const change = () => {
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try { localStorage.setItem('theme', next); } catch { /* then it counts until the next reload */ }
    theme.value = next;
    document.dispatchEvent(new CustomEvent('themechange'));
  };
  return html`<span><${IconButton} icon=${THEME_ICONS[theme.value]} name=${texts.theme.change(texts.theme[theme.value], texts.theme[next])} onclick=${change} /></span>`;
}

const Navigation = () => html`<nav class="places" aria-label=${texts.placesName}>
  <ul>${Object.keys(PLACES).map(id => html`<li key=${id}><a href=${href(id)} aria-current=${here.value === id ? 'page' : null}><${Icon} name=${id} />${placeName(id)}</a></li>`)}</ul>
</nav>`;

const placeName = id => (texts.shortPlaces[id]
  ? html`<span class="long">${texts.places[id]}</span><span class="short">${texts.shortPlaces[id]}</span>`
  : html`<span>${texts.places[id]}</span>`);

import { h } from '../lib/dom.js';
import { download } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { bytes, number, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { liveRequests } from '../lib/live.js';
import { pool } from '../lib/program.js';
import { param, route, setParams } from '../lib/router.js';
import { computed, effect, onCleanup, signal, untracked } from '../lib/signal.js';
import { texts } from '../texts.js';
import { button, card, empty, pill, segments, select, skeleton } from '../components/parts.js';
import { icon } from '../components/icons.js';
import { dataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { captureButton, captureNote } from './requests-capture.js';
import { openRequest } from './requests-drawer.js';
import { columns, openName } from './requests-row.js';

const words = texts.requests;
const FILTERS = ['account', 'model', 'outcome', 'path', 'conversation', 'session', 'side', 'q', 'from', 'to'];
/** Filters without a field of their own: they come from links, and are shown as chips that can be taken away. */
const CHIPS = ['model', 'path', 'conversation', 'session', 'from', 'to'];
const SIDES = ['none', 'any', 'title', 'classifier', 'check', 'advisor'];
const COLUMN_NAMES = ['received', 'state', 'model', 'client', 'project', 'account', 'input', 'output', 'first', 'total'];

export const actions = () => h('div', { class: 'row wrap push' },
  captureButton(),
  button({ icon: 'download', onclick: () => save('csv') }, 'CSV'),
  button({ icon: 'download', onclick: () => save('json') }, 'JSON'));

/** What the filters let through, as far as it has ended. */
function save(format) {
  const query = new URLSearchParams(untracked(filterKey));
  // A time in the filters counts instead of the range.
  query.set('range', 'all');
  query.set('format', format);
  return attempt(() => download(`/api/stats/export?${query}`, `requests.${format}`));
}

export const render = () => {
  const filter = computed(() => filterKey());
  const paused = signal(false);
  const live = liveRequests({
    limit: 50, keep: 500, paused,
    filter: () => new URLSearchParams(filter()),
    matches: row => untracked(() => passes(row, new URLSearchParams(filter()))),
  });
  showDrawer();
  return h('div', { class: 'stack' },
    captureNote(),
    h('div', { class: 'row wrap filters' }, searchField(), outcomeChoice(), accountChoice(), sideChoice(), tail(live, paused)),
    chips(),
    card({ title: null, flush: true }, list(live, filter)),
    storage());
};

/** Only the filters: opening a request changes the address too, and must not load the list again. */
function filterKey() {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (route().params.get(name)) query.set(name, route().params.get(name));
  return query.toString();
}

const ROW_MEMBERS = { path: 'path', conversation: 'conversation', session: 'session' };

function passes(row, query) {
  for (const [name, value] of query) {
    if (name === 'outcome') { if (!row.running && row.outcome !== value) return false; }
    else if (name === 'account') { if (!row.running && row.account !== value) return false; }
    else if (name === 'side') { if (!row.running && !(value === 'any' ? row.sideCall : value === 'none' ? !row.sideCall : row.sideCall === value)) return false; }
    else if (name === 'model') { if (row.requestedModel !== value && row.upstreamModel !== value) return false; }
    else if (name in ROW_MEMBERS) { if (!row.running && row[ROW_MEMBERS[name]] !== value) return false; }
    // Text and time are the program's to judge: such a list does not grow by itself.
    else return false;
  }
  return true;
}

function searchField() {
  let timer = 0;
  onCleanup(() => clearTimeout(timer));
  const input = h('input', {
    class: 'input', type: 'search', ariaLabel: words.search, placeholder: words.search, value: () => param('q'),
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => setParams({ q: input.value || null }, { replace: true }), 250); },
  });
  return h('div', { class: 'search' }, icon('search', 14), input);
}

const outcomeChoice = () => segments({
  name: words.columns.state, options: [['', words.all], ['ok', words.outcomes.ok], ['failed', words.outcomes.failed], ['left', words.outcomes.left]],
  value: () => param('outcome'), onchange: id => setParams({ outcome: id || null }, { replace: true }),
});

const accountChoice = () => h('div', { class: 'choice' }, select({
  name: words.columns.account, value: () => param('account'), onchange: id => setParams({ account: id || null }, { replace: true }),
  options: () => [['', words.allAccounts], ...(pool.data()?.accounts ?? []).map(account => [account.id, who(account.label ?? account.email)])],
}));

const sideChoice = () => h('div', { class: 'choice' }, select({
  name: words.sideCalls, value: () => param('side'), onchange: id => setParams({ side: id || null }, { replace: true }),
  options: () => [['', words.allKinds], ...SIDES.map(id => [id, words.sides[id]])],
}));

const tail = ({ feed, waiting }, paused) => h('div', { class: 'row push' },
  () => (feed() === 'live' ? pill(paused() ? words.paused : words.live, paused() ? 'warn' : 'ok', { live: !paused() }) : feed() === 'waiting' && pill(words.reconnecting, 'warn')),
  h('button', { type: 'button', class: 'button', ariaPressed: () => String(paused()), onclick: () => paused.update(on => !on) },
    () => icon(paused() ? 'play' : 'pause'), () => (paused() ? (waiting().length ? words.resumeWith(new Set(waiting().map(row => row.id)).size) : words.resume) : words.pause)));

const chips = () => () => {
  const active = CHIPS.filter(name => route().params.get(name));
  const any = FILTERS.some(name => route().params.get(name));
  return any && h('div', { class: 'row wrap' },
    active.map(name => h('button', { type: 'button', class: 'button small', ariaLabel: words.removeFilter(words.filters[name]), onclick: () => setParams({ [name]: null }) },
      h('span', { class: 'muted' }, words.filters[name]), h('span', { class: 'clip' }, chipText(name, route().params.get(name))), icon('close', 12))),
    button({ kind: 'quiet small', onclick: () => setParams(Object.fromEntries(FILTERS.map(name => [name, null]))) }, texts.actions.clear));
};

const chipText = (name, value) => {
  if (name === 'from' || name === 'to') return when(value);
  return name === 'session' || name === 'conversation' ? who(value, name) : value;
};

function list({ rows, next, error, arrived, more, reload }, filter) {
  const phase = computed(() => (rows()?.length ? 'rows' : rows() ? 'none' : error() ? 'failed' : 'coming'));
  return () => {
    switch (phase()) {
      case 'rows': return h('div', {},
        dataTable({
          name: words.title, columns: columns(COLUMN_NAMES), rows: () => rows() ?? [], openName,
          open: row => setParams({ id: row.id }), selected: () => param('id'), isNew: row => arrived.has(row.id),
        }),
        () => next() && h('div', { class: 'more' }, button({ onclick: () => attempt(more) }, texts.actions.more)));
      case 'none': return untracked(filter)
        ? empty({ icon: 'search', title: words.noMatch, text: words.noMatchText })
        : empty({ icon: 'requests', title: words.none, text: words.noneText, action: h('a', { class: 'button', href: '#/' }, words.tryOne) });
      case 'failed': return empty({
        title: error().missing ? texts.unavailable.title : texts.failed, text: error().missing ? texts.unavailable.text : error().message,
        action: !error().missing && button({ icon: 'refresh', onclick: reload }, texts.actions.retry),
      });
      default: return h('div', { class: 'body' }, skeleton(6));
    }
  };
}

/** The drawer is open while the address names a request, so links and the back button work with it. */
function showDrawer() {
  let close = null;
  let shown = null;
  const hide = () => { const end = close; close = shown = null; end?.(); };
  effect(() => {
    const id = param('id');
    if (id === (shown ?? '')) return;
    untracked(() => {
      hide();
      if (!id) return;
      shown = id;
      close = openRequest(id, () => { if (shown === id) { shown = close = null; setParams({ id: null }); } });
    });
  });
  onCleanup(hide);
}

function storage() {
  const stored = poll('/api/stats/storage', 60_000);
  return h('p', { class: 'small muted' }, () => {
    const value = stored.data();
    return value && words.storage(number(value.rows), bytes(value.bytes), bytes(value.limitBytes), value.oldest ? when(value.oldest) : null);
  });
}

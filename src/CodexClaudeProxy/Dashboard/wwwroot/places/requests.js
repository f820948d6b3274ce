import { html, useComputed, useEffect, useLayoutEffect, useRef, useSignal } from '../lib/ui.js';
import { download } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { bytes, number, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { useLiveRequests } from '../lib/live.js';
import { nameOf, pool } from '../lib/program.js';
import { param, route, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Button, Card, Empty, Pill, Segments, Select, Skeleton } from '../components/parts.js';
import { Icon } from '../components/icons.js';
import { DataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { CaptureButton, CaptureNote } from './requests-capture.js';
import { openRequest } from './requests-drawer.js';
import { columns, openName } from './requests-row.js';

const words = texts.requests;
const FILTERS = ['account', 'model', 'outcome', 'path', 'conversation', 'session', 'side', 'q', 'from', 'to'];
/** Filters without a field of their own: they come from links, and are shown as chips that can be taken away. */
const CHIPS = ['model', 'path', 'conversation', 'session', 'from', 'to'];
const SIDES = ['none', 'any', 'title', 'classifier', 'check', 'advisor'];
const COLUMNS = columns(['received', 'state', 'model', 'client', 'project', 'account', 'input', 'output', 'first', 'total']);

const change = filters => setParams(filters, { replace: true });

export const Actions = () => html`<div class="row wrap push">
  <${CaptureButton} />
  <${Button} icon="download" onclick=${() => save('csv')}>CSV<//>
  <${Button} icon="download" onclick=${() => save('json')}>JSON<//>
</div>`;

/** What the filters let through, as far as it has ended. */
function save(format) {
  const query = new URLSearchParams(filterKey(route.peek().params));
  // A time in the filters counts instead of the range.
  query.set('range', 'all');
  query.set('format', format);
  return attempt(() => download(`/api/stats/export?${query}`, `requests.${format}`));
}

export function Place() {
  const filter = useComputed(() => filterKey(route.value.params));
  const paused = useSignal(false);
  const live = useLiveRequests({
    limit: 50, keep: 500, paused: () => paused.value,
    filter: () => new URLSearchParams(filter.value),
    matches: row => passes(row, new URLSearchParams(filter.peek())),
  });
  useDrawer(param('id'));
  return html`<div class="stack">
    <${CaptureNote} />
    <div class="row wrap filters"><${SearchField} /><${OutcomeChoice} /><${AccountChoice} /><${SideChoice} /><${Tail} live=${live} paused=${paused} /></div>
    <${Chips} />
    <${Card} flush><${List} live=${live} isFiltered=${filter.value !== ''} /><//>
    <${Storage} />
  </div>`;
}

/** Only the filters: opening a request changes the address too, and must not load the list again. */
function filterKey(params) {
  const query = new URLSearchParams();
  for (const name of FILTERS) if (params.get(name)) query.set(name, params.get(name));
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

/** What is typed gets into the address after a pause. */
function SearchField() {
  const typed = useSignal(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = event => {
    typed.value = event.currentTarget.value;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => { change({ q: typed.peek() || null }); typed.value = null; }, 250);
  };
  return html`<div class="search"><${Icon} name="search" size=${14} />
    <input class="input" type="search" aria-label=${words.search} placeholder=${words.search} value=${typed.value ?? param('q')} oninput=${type} /></div>`;
}

const OUTCOMES = [['', words.all], ['ok', words.outcomes.ok], ['failed', words.outcomes.failed], ['left', words.outcomes.left]];

const OutcomeChoice = () => html`<${Segments} name=${words.columns.state} options=${OUTCOMES} value=${param('outcome')} onchange=${id => change({ outcome: id || null })} />`;

const AccountChoice = () => html`<div class="choice"><${Select} name=${words.columns.account} value=${param('account')} onchange=${id => change({ account: id || null })}
  options=${[['', words.allAccounts], ...(pool.data.value?.accounts ?? []).map(account => [account.id, nameOf(account)])]} /></div>`;

const SideChoice = () => html`<div class="choice"><${Select} name=${words.sideCalls} value=${param('side')} onchange=${id => change({ side: id || null })}
  options=${[['', words.allKinds], ...SIDES.map(id => [id, words.sides[id]])]} /></div>`;

function Tail({ live: { feed, waiting }, paused }) {
  const isPaused = paused.value;
  const news = new Set(waiting.value.map(row => row.id)).size;
  return html`<div class="row push">
    ${feed.value === 'live' && html`<${Pill} kind=${isPaused ? 'warn' : 'ok'} live=${!isPaused}>${isPaused ? words.paused : words.live}<//>`}
    ${feed.value === 'waiting' && html`<${Pill} kind="warn">${words.reconnecting}<//>`}
    <button type="button" class="button" aria-pressed=${String(isPaused)} onclick=${() => { paused.value = !paused.peek(); }}>
      <${Icon} name=${isPaused ? 'play' : 'pause'} />${isPaused ? (news ? words.resumeWith(news) : words.resume) : words.pause}</button>
  </div>`;
}

function Chips() {
  if (!FILTERS.some(param)) return null;
  return html`<div class="row wrap">
    ${CHIPS.filter(param).map(name => html`<button key=${name} type="button" class="button small" aria-label=${words.removeFilter(words.filters[name])} onclick=${() => setParams({ [name]: null })}>
      <span class="muted">${words.filters[name]}</span><span class="clip">${chipText(name, param(name))}</span><${Icon} name="close" size=${12} /></button>`)}
    <${Button} kind="quiet small" onclick=${() => setParams(Object.fromEntries(FILTERS.map(name => [name, null])))}>${texts.actions.clear}<//>
  </div>`;
}

const chipText = (name, value) => {
  if (name === 'from' || name === 'to') return when(value);
  return name === 'session' || name === 'conversation' ? who(value, name) : value;
};

function List({ live: { rows, next, error, arrived, more, reload }, isFiltered }) {
  if (rows.value?.length) {
    return html`<div>
      <${DataTable} name=${words.title} columns=${COLUMNS} rows=${rows.value} openName=${openName} open=${row => setParams({ id: row.id })} selected=${param('id')} isNew=${row => arrived.has(row.id)} />
      ${next.value && html`<div class="more"><${Button} onclick=${() => attempt(more)}>${texts.actions.more}<//></div>`}
    </div>`;
  }
  if (rows.value) {
    return isFiltered
      ? html`<${Empty} icon="search" title=${words.noMatch} text=${words.noMatchText} />`
      : html`<${Empty} icon="requests" title=${words.none} text=${words.noneText} action=${html`<a class="button" href="#/">${words.tryOne}</a>`} />`;
  }
  if (!error.value) return html`<div class="body"><${Skeleton} lines=${6} /></div>`;
  return error.value.missing
    ? html`<${Empty} title=${texts.unavailable.title} text=${texts.unavailable.text} />`
    : html`<${Empty} title=${texts.failed} text=${error.value.message} action=${html`<${Button} icon="refresh" onclick=${reload}>${texts.actions.retry}<//>`} />`;
}

/** The drawer is open while the address names a request, so links and the back button work with it. */
function useDrawer(id) {
  useLayoutEffect(() => {
    if (!id) return undefined;
    let isLeft = false;
    const close = openRequest(id, () => { if (!isLeft) setParams({ id: null }); });
    return () => { isLeft = true; close(); };
  }, [id]);
}

function Storage() {
  const value = usePoll('/api/stats/storage', 60_000).data.value;
  return html`<p class="small muted">${value && words.storage(number(value.rows), bytes(value.bytes), bytes(value.limitBytes), value.oldest ? when(value.oldest) : null)}</p>`;
}

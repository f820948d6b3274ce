// The requests, as they arrive; what the filters let through of them, or all turns of one session.
import { html, useComputed, useEffect, useLayoutEffect, useRef, useSignal, useUid } from '../lib/ui.js';
import { download } from '../lib/api.js';
import { calmNow } from '../lib/clock.js';
import { usePoll } from '../lib/feed.js';
import { bytes, number, when } from '../lib/format.js';
import { useLiveRequests } from '../lib/live.js';
import { narrow } from '../lib/media.js';
import { href, param, route, setParams } from '../lib/router.js';
import { style } from '../lib/style.js';
import { texts } from '../texts.js';
import { Button, Card, Empty, Pill, Segments, Skeleton } from '../components/parts.js';
import { Icon } from '../components/icons.js';
import { DataTable } from '../components/table.js';
import { attempt } from '../components/toast.js';
import { CaptureButton, CaptureNote } from './requests-capture.js';
import { RequestCards } from './requests-cards.js';
import { FilterPanel } from './requests-choose.js';
import { openRequest } from './requests-drawer.js';
import { beginOf, change, clearFilters, endOf, filterKey, FILTERS, passes, queryOf, sessionOf, shownValue } from './requests-filters.js';
import { columns, openName } from './requests-row.js';
import { SaveButton, SavedFilters } from './requests-saved.js';
import { SessionView } from './requests-session.js';

await style('requests');

const words = texts.requests;
/** These have a field of their own that is always seen; all others are shown as chips that can be taken away. */
const WITH_FIELD = ['q', 'outcome'];
const COLUMNS = columns(['received', 'state', 'model', 'client', 'project', 'account', 'input', 'output', 'first', 'total']);

export const Actions = () => html`<div class="row wrap push">
  <${CaptureButton} />
  <${Button} icon="download" onclick=${() => save('csv')}>CSV<//>
  <${Button} icon="download" onclick=${() => save('json')}>JSON<//>
</div>`;

/** What the filters let through, as far as it has ended. */
function save(format) {
  const query = queryOf(filterKey(route.peek().params));
  // A time in the filters counts instead of the range.
  query.set('range', 'all');
  query.set('format', format);
  return attempt(() => download(`/api/stats/export?${query}`, `requests.${format}`));
}

export function Place() {
  const session = sessionOf(route.value.params);
  const isFirst = useRef(true);
  useEffect(() => { isFirst.current = false; }, []);
  useDrawer(param('id'));
  return html`<div class="stack">
    <${CaptureNote} />
    ${session ? html`<${SessionView} key=${`${session.kind} ${session.id}`} isFirst=${isFirst.current} ...${session} />` : html`<${Requests} key="list" />`}
  </div>`;
}

function Requests() {
  const filter = useComputed(() => filterKey(route.value.params));
  const paused = useSignal(false);
  const isChoosing = useSignal(false);
  const panel = useUid('filters');
  const live = useLiveRequests({
    limit: 50, keep: 500, paused: () => paused.value,
    filter: () => queryOf(filter.value),
    matches: row => passes(row, new URLSearchParams(filter.peek())),
  });
  return html`<div class="stack">
    <${SavedFilters} />
    <div class="row wrap filters"><${SearchField} /><${OutcomeChoice} /><${ChooseButton} panel=${panel} isOpen=${isChoosing} /><${Tail} live=${live} paused=${paused} /></div>
    ${isChoosing.value && html`<${FilterPanel} key="panel" id=${panel} rows=${live.rows.value} />`}
    <${Chips} />
    <${Card} flush><${List} live=${live} filter=${filter.value} /><//>
    <${Storage} />
  </div>`;
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

const ChooseButton = ({ panel, isOpen }) => html`<button type="button" class="button" aria-expanded=${String(isOpen.value)} aria-controls=${isOpen.value ? panel : null}
  onclick=${() => { isOpen.value = !isOpen.peek(); }}><${Icon} name="settings" />${words.choose.button}</button>`;

function Tail({ live: { feed, waiting }, paused }) {
  const isPaused = paused.value;
  const news = new Set(waiting.value.map(row => row.id)).size;
  return html`<div class="row push tail">
    ${feed.value === 'live' && html`<${Pill} kind=${isPaused ? 'warn' : 'ok'} live=${!isPaused}>${isPaused ? words.paused : words.live}<//>`}
    ${feed.value === 'waiting' && html`<${Pill} kind="warn">${words.reconnecting}<//>`}
    <button type="button" class="button" aria-pressed=${String(isPaused)} onclick=${() => { paused.value = !paused.peek(); }}>
      <${Icon} name=${isPaused ? 'play' : 'pause'} />${isPaused ? (news ? words.resumeWith(news) : words.resume) : words.pause}</button>
  </div>`;
}

function Chips() {
  if (!FILTERS.some(param)) return null;
  const session = ['session', 'conversation'].find(param);
  return html`<div class="row wrap">
    ${FILTERS.filter(name => param(name) && !WITH_FIELD.includes(name)).map(name => html`<${Chip} key=${name} name=${name} value=${shownValue(name, param(name))} />`)}
    ${session && html`<a key="turns" class="button quiet small" href=${href('requests', { [session]: param(session) })}>${session === 'session' ? words.session.show : words.session.showConversation}</a>`}
    <${SaveButton} />
    <${Button} kind="quiet small" onclick=${clearFilters}>${texts.actions.clear}<//>
  </div>`;
}

const Chip = ({ name, value }) => html`<button type="button" class="button small chip" onclick=${() => setParams({ [name]: null, view: null })}>
  <span class="unseen">${words.removeFilter}</span><span class="muted">${words.filters[name]}</span>${' '}<span class="clip">${value}</span><${Icon} name="close" size=${12} /></button>`;

function List({ live: { rows, next, error, arrived, more, reload }, filter }) {
  const shown = rows.value && inRange(rows.value, filter);
  const isFiltered = filter !== '';
  if (shown?.length) {
    const properties = { rows: shown, open: row => setParams({ id: row.id }), selected: param('id'), isNew: row => arrived.has(row.id) };
    return html`<div>
      ${narrow.value ? html`<${RequestCards} key="cards" ...${properties} />` : html`<${DataTable} key="table" name=${words.title} columns=${COLUMNS} openName=${openName} ...${properties} />`}
      ${next.value && html`<div class="more"><${Button} onclick=${() => attempt(more)}>${texts.actions.more}<//></div>`}
    </div>`;
  }
  if (shown) {
    return isFiltered
      ? html`<${Empty} icon="search" title=${words.noMatch} text=${words.noMatchText} />`
      : html`<${Empty} icon="requests" title=${words.none} text=${words.noneText} action=${html`<a class="button" href="#/">${words.tryOne}</a>`} />`;
  }
  if (!error.value) return html`<div class="body"><${Skeleton} lines=${6} /></div>`;
  return error.value.missing
    ? html`<${Empty} title=${texts.unavailable.title} text=${texts.unavailable.text} />`
    : html`<${Empty} title=${texts.failed} text=${error.value.message} action=${html`<${Button} icon="refresh" onclick=${reload}>${texts.actions.retry}<//>`} />`;
}

/** A range ends now: what was in it grows out of it. */
function inRange(rows, filter) {
  const query = new URLSearchParams(filter);
  if (!query.has('range')) return rows;
  const begin = beginOf(query, calmNow.value);
  return begin === null ? rows : rows.filter(row => row.running || endOf(row) >= begin);
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

// Every component in every state, with made-up data: for who works on them, and for a test that compares pictures. No link leads here but the demo's.
import { html, useMemo, useSignal } from '../lib/ui.js';
import { number } from '../lib/format.js';
import { style } from '../lib/style.js';
import { texts } from '../texts.js';
import { TimeChart } from '../components/chart.js';
import { Course } from '../components/course.js';
import { confirm, openDialog, openDrawer } from '../components/dialog.js';
import { Growth } from '../components/growth.js';
import { Hinted } from '../components/hint.js';
import { HistoryChart } from '../components/history.js';
import { Menu } from '../components/menu.js';
import { Badge, Button, Card, CodeBlock, CopyButton, Empty, Facts, Field, IconButton, Loaded, Note, Pill, Segments, Select, Skeleton, Toggle } from '../components/parts.js';
import { Sparkline } from '../components/sparkline.js';
import { DataTable, inOrder } from '../components/table.js';
import { Tabs } from '../components/tabs.js';
import { Tile } from '../components/tile.js';
import { toast } from '../components/toast.js';
import { WindowCell, WindowList } from '../components/windows.js';
import { AccountList } from './accounts-list.js';
import { RequestCards } from './requests-cards.js';

await style('requests');

const words = texts.gallery;

const HOUR = 3_600_000;
const inHours = hours => new Date(Date.now() + hours * HOUR).toISOString();

const KINDS = ['', 'ok', 'warn', 'bad', 'accent'];

export const Place = () => html`<div class="stack wide">
  <${Texts} /><${Buttons} /><${Choices} /><${Told} /><${Figures} /><${Windows} /><${Accounts} /><${Tables} /><${Requests} /><${Charts} /><${Opened} />
</div>`;

const Texts = () => html`<${Card} title=${words.texts}><div class="stack">
  <div class="row wrap">${KINDS.map(kind => html`<${Pill} kind=${kind}>${kind || words.plain}<//>`)}<${Pill} kind="ok" live>${words.live}<//><${Pill} dot=${false}>${words.noDot}<//><${Badge}>${words.badge}<//><kbd>Ctrl K</kbd></div>
  <p>${words.sentence} <a href="#/gallery">${words.link}</a> <code>code</code></p>
  <p class="muted">${words.sentence}</p>
  <p class="faint small">${words.sentence}</p>
  <p><span class="ok">ok</span> <span class="warn">warn</span> <span class="bad">bad</span> <span class="strong">strong</span></p>
  <${Facts} entries=${[[words.name, words.value], [words.missing, null], [words.long, html`<span class="row"><code class="path">/home/me/.codex-claude-proxy/accounts.json</code><${CopyButton} text="text" /></span>`]]} />
  <${CodeBlock} text=${'export ANTHROPIC_BASE_URL="http://localhost:8081"\nclaude\n'} />
</div><//>`;

const never = () => new Promise(() => {});

const Buttons = () => html`<${Card} title=${words.buttons} actions=${html`<a class="small" href="#/gallery">${words.link}</a>`} footer=${words.footer}><div class="stack">
  ${['', 'primary', 'quiet', 'danger', 'primary danger'].map(kind => html`<div class="row wrap" key=${kind}>
    <${Button} kind=${kind}>${kind || words.plain}<//><${Button} kind=${kind} icon="plus">${words.picture}<//><${Button} kind="${kind} small">${words.small}<//><${Button} kind=${kind} disabled>${words.disabled}<//>
    <${Button} kind=${kind} icon="refresh" aria-busy="true">${words.busy}<//>
  </div>`)}
  <div class="row wrap"><${IconButton} icon="refresh" name=${texts.actions.refresh} /><${IconButton} icon="trash" name=${texts.actions.remove} disabled /><${Button} onclick=${never}>${words.waits}<//>
    <${Menu} name=${words.menu} items=${[{ id: 'a', icon: 'info', text: words.name, onclick: () => {} }, { id: 'b', icon: 'trash', text: texts.actions.remove, danger: true, onclick: () => {} }]} /></div>
</div><//>`;

function Choices() {
  const chosen = useSignal('b');
  const on = useSignal(true);
  const view = useSignal('one');
  const options = [['a', words.first], ['b', words.second], ['c', words.third]];
  const choose = id => { chosen.value = id; };
  return html`<${Card} title=${words.choices}><div class="stack">
    <${Segments} name=${words.choices} options=${options} value=${chosen.value} onchange=${choose} />
    <div class="row wrap"><${Toggle} name=${words.on} value=${on.value} onchange=${value => { on.value = value; }} /><${Toggle} name=${words.off} value=${false} onchange=${() => {}} /><${Toggle} name=${words.disabled} value disabled onchange=${() => {}} /></div>
    <div class="halves">
      <${Field} label=${words.field} hint=${words.hint}>${(id, about) => html`<input id=${id} class="input" value=${words.value} aria-describedby=${about} />`}<//>
      <${Field} label=${words.wrong} error=${words.error}>${id => html`<input id=${id} class="input" value="99" aria-invalid="true" />`}<//>
      <${Field} label=${words.choice}>${id => html`<${Select} id=${id} options=${options} value=${chosen.value} onchange=${choose} />`}<//>
      <${Field} label=${words.disabled}>${id => html`<input id=${id} class="input" placeholder=${words.empty} disabled />`}<//>
    </div>
    <${Tabs} name=${words.tabs} value=${view.value} onchange=${id => { view.value = id; }} views=${[['one', words.first, () => html`<p>${words.sentence}</p>`], ['two', words.second, () => html`<p class="muted">${words.sentence}</p>`]]} />
  </div><//>`;
}

const asked = (data, error) => ({ data: { value: data }, error: { value: error }, reload: () => {} });

const Told = () => html`<${Card} title=${words.told}><div class="stack">
  ${['', 'ok', 'warn', 'bad'].map(kind => html`<${Note} key=${kind} kind=${kind}>${words.sentence}<//>`)}
  <div class="halves">
    <${Empty} title=${words.nothing} text=${words.sentence} action=${html`<${Button} icon="plus">${words.first}<//>`} />
    <${Skeleton} lines=${4} />
    <${Loaded} of=${asked(null, { missing: true })}>${() => null}<//>
    <${Loaded} of=${asked(null, { message: words.sentence })}>${() => null}<//>
  </div>
</div><//>`;

const RISING = [1, 3, 2, 5, 4, 8, 7, 11, null, 9, 12, 14];

const Figures = () => html`<section class="glance">
  <${Tile} title=${words.status} to="#/gallery" value=${html`<span class="ok">●</span> ${words.works}`} told=${words.sentence} />
  <${Tile} title=${words.tokens} to="#/gallery" value=${html`<${Hinted} hint=${() => html`<p>${words.sentence}</p>`}>1,234,567<//>`} told=${words.more} picture=${html`<${Sparkline} values=${RISING} />`} />
  <${Tile} title=${words.hits} to="#/gallery" value="93.4 %" told=${words.more} picture=${html`<${Sparkline} values=${RISING} least=${0} most=${20} colour="--cached" />`} />
  <${Tile} title=${words.failures} to="#/gallery" value="3" told=${words.more} picture=${html`<${Sparkline} values=${RISING} bars colour="--bad" />`} />
  <${Tile} title=${words.nothing} to="#/gallery" value="–" told=${words.sentence} picture=${html`<${Sparkline} values=${[]} />`} />
</section>`;

const quota = (name, hours, used, endsIn, more = {}) => ({
  name, limit: null, model: null, windowSeconds: hours * 3600, usedPercent: used, leftPercent: Math.max(0, 100 - used), resetsAt: endsIn === null ? null : inHours(endsIn), exhausted: false,
  pace: { percentPerHour: 4, usedAtReset: Math.min(100, used + 20), lastsUntilReset: true, emptyAt: null }, ...more,
});

/** A window as it is when it is new, spent evenly, too fast, full, unknown, and one that a model has to itself. */
const windows = () => [
  quota('5h', 5, 0, 5, { pace: { percentPerHour: 0, usedAtReset: 0, lastsUntilReset: true, emptyAt: null } }),
  quota('7d', 168, 41, 90),
  quota('90m', 1.5, 70, 0.8, { pace: { percentPerHour: 90, usedAtReset: 142, lastsUntilReset: false, emptyAt: inHours(0.33) } }),
  quota('1d', 24, 97, 2, { pace: null }),
  quota('30d', 720, 100, 50, { exhausted: true, pace: null }),
  quota('5h', 5, 30, null, { pace: null, limit: 'Another limit' }),
  quota('7d', 168, 12, 60, { model: 'gpt-5.3-codex-spark', limit: 'GPT-5.3-Codex-Spark' }),
];

function Windows() {
  const all = useMemo(windows, []);
  return html`<${Card} title=${words.windows}><div class="stack">
    <${WindowList} windows=${all} />
    <div class="halves">${all.map((window, i) => html`<${WindowCell} key=${i} window=${window} />`)}</div>
    <${WindowList} windows=${[]} />
  </div><//>`;
}

const account = (state, more = {}) => ({
  email: `${state}@example.com`, id: `${state}@example.com:${state}`, accountId: state, label: null, enabled: true, priority: 0, reserve: 0, state, stateUntil: null, stateDetail: null,
  expiresAt: inHours(200), signsOut: false, plan: 'plus', isActive: false, credits: { hasCredits: false, unlimited: false, balance: '0' }, windows: windows().slice(0, 2), clocks: [], ...more,
});

function Accounts() {
  const all = useMemo(() => [
    account('ready', { label: words.label, plan: 'pro' }),
    account('exhausted', { stateUntil: inHours(50), windows: [quota('5h', 5, 100, 2, { exhausted: true, pace: null }), quota('7d', 168, 100, 50, { exhausted: true, pace: null })] }),
    account('reserved', { stateUntil: inHours(30), windows: [quota('5h', 5, 10, 3), quota('7d', 168, 88, 30)] }),
    account('cooling-down', { stateUntil: inHours(0.02), stateDetail: 'server_is_overloaded' }),
    account('needs-sign-in', { windows: [] }),
    account('lacks-model', { plan: 'free' }),
    account('disabled', { enabled: false, plan: 'business' }),
    account('ready', { id: 'unknown', email: 'new@example.com', plan: 'unknown', windows: [] }),
  ], []);
  return html`<${Card} title=${words.accounts} class="accounts-card" flush><${AccountList} accounts=${all} /><//>`;
}

const ROWS = [
  { id: 'a', name: 'gpt-6.1-sol', tokens: 1200, state: 'ok' },
  { id: 'b', name: 'a-model-with-a-name-that-is-much-longer-than-its-column-can-be', tokens: 98765, state: 'bad' },
  { id: 'c', name: 'gpt-6-luna', tokens: null, state: 'warn' },
];

const COLUMNS = [
  { id: 'name', title: words.name, open: true, sort: row => row.name, cell: row => html`<code>${row.name}</code>` },
  { id: 'tokens', title: words.tokens, num: true, sort: row => row.tokens, cell: row => number(row.tokens) },
  { title: words.status, cell: row => row.state && html`<${Pill} kind=${row.state}>${row.state}<//>` },
];

function Tables() {
  const order = useSignal({ by: 'tokens', isTurned: false });
  const { by, isTurned } = order.value;
  const ordered = inOrder(ROWS, COLUMNS.find(column => column.id === by), isTurned);
  const foot = { name: words.sum, tokens: 99965, state: '' };
  return html`<${Card} title=${words.tables} flush>
    <${DataTable} name=${words.tables} columns=${COLUMNS} rows=${ROWS} open=${() => {}} openName=${row => row.name} selected="c" />
    <${DataTable} name=${words.sorted} columns=${COLUMNS} rows=${ordered} foot=${foot} sorting=${{ by, isTurned, onsort: (by, isTurned) => { order.value = { by, isTurned }; } }} />
  <//>`;
}

const request = (id, more) => ({
  id, received: inHours(-0.1), path: '/v1/messages', requestedModel: 'claude-opus-5-5', upstreamModel: 'gpt-6.1-sol', effort: 'high', client: 'claude-cli 2.1', userAgent: null, project: '/home/me/a/project', account: 'a', accountLabel: words.label,
  outcome: 'ok', status: 200, sideCall: null, tokens: { fresh: 900, cached: 14_000, written: 0, output: 321, estimated: false }, firstTokenMs: 480, totalMs: 6200, ...more,
});

const REQUESTS = [
  request('running', { running: true, received: inHours(0), upstreamModel: null, account: null, project: null, outcome: null, tokens: null, totalMs: null }),
  request('ok', {}),
  request('failed', { outcome: 'failed', status: 429, errorType: 'rate_limit_error', tokens: null, sideCall: 'title', client: 'a-client-with-a-long-name 1.0' }),
  request('left', { outcome: 'left', requestedModel: null, upstreamModel: null, account: null, project: null, client: null, path: '/v1/chat/completions', tokens: { fresh: 12, cached: 0, written: 0, output: 0, estimated: true } }),
];

const Requests = () => html`<${Card} title=${words.cards} flush><${RequestCards} rows=${REQUESTS} open=${() => {}} selected="failed" isNew=${() => false} /><//>`;

/** A context that grows, is shortened, goes on with another model, and is lost to the cache once. */
const TURNS = Array.from({ length: 30 }, (_, i) => {
  const input = 8000 + (i % 18) * 9000;
  const mark = i === 9 ? words.first : i === 22 ? words.second : null;
  return { id: String(i), input, cached: i === 9 ? 0 : Math.round(input * 0.9), window: i < 20 ? 200_000 : 272_000, mark, bad: i === 22 };
});

function Charts() {
  const bars = useMemo(() => {
    const times = Array.from({ length: 24 }, (_, i) => Math.floor(Date.now() / 3_600_000) * 3600 - (23 - i) * 3600);
    const wave = (height, step) => times.map((_, i) => Math.round(height * (1 + Math.sin(i / step))));
    return { times, parts: [wave(900, 3), wave(4000, 4), wave(500, 2)], rates: times.map((_, i) => (i % 9 === 4 ? 0.05 : 0)) };
  }, []);
  const samples = useMemo(() => Array.from({ length: 20 }, (_, i) => ({ at: inHours(i - 20), usedPercent: Math.min(100, i * 6 + (i % 3)) })), []);
  const course = useMemo(() => [{ at: inHours(0), used: 1.2 }, { at: inHours(40), used: 2.4 }, { at: inHours(40), used: 1.4 }, { at: inHours(100), used: 3 }], []);
  const resets = useMemo(() => [{ at: inHours(40), name: words.label, isMain: true }, { at: inHours(3), name: words.first, isMain: false }], []);
  return html`<${Card} title=${words.charts}><div class="stack wide">
    <${TimeChart} data=${bars} colours=${['--fresh', '--cached', '--output']} rate="--bad" />
    <${TimeChart} data=${bars} colours=${['--series-4', '--series-5', '--series-6']} isLines />
    <${HistoryChart} samples=${samples} />
    <${Course} from=${inHours(0)} course=${course} capacity=${3} dryAt=${inHours(100)} resets=${resets} />
    <${Growth} turns=${TURNS} name=${words.context} read=${turn => number(turn.input)} hint=${words.hint} onopen=${() => {}} />
    <${Course} from=${inHours(0)} course=${[{ at: inHours(0), used: 0.4 }, { at: inHours(160), used: 0.6 }]} capacity=${1} dryAt=${null} resets=${[]} />
  </div><//>`;
}

const Opened = () => html`<${Card} title=${words.opened}><div class="row wrap">
  <${Button} onclick=${() => { confirm({ title: words.opened, body: words.sentence, action: texts.actions.remove, danger: true }); }}>${words.confirm}<//>
  <${Button} onclick=${() => { openDialog({ title: words.opened, wide: true, content: () => html`<p>${words.sentence}</p>` }); }}>${words.dialog}<//>
  <${Button} onclick=${() => { openDrawer({ title: words.opened, content: () => html`<${Facts} entries=${[[words.name, words.value]]} />` }); }}>${words.drawer}<//>
  ${['ok', 'info', 'bad'].map(kind => html`<${Button} key=${kind} onclick=${() => toast(words.sentence, kind)}>${words.toast(kind)}<//>`)}
</div><//>`;

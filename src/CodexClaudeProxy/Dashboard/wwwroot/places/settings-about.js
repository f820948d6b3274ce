// What runs here: version, addresses, files, memory, and the statistics that are kept.
import { html, Live, signal } from '../lib/ui.js';
import { address, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { usePoll } from '../lib/feed.js';
import { bytes, moment, number, parse, span } from '../lib/format.js';
import { baseUrl } from '../lib/program.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { Button, Card, CopyButton, Facts, Loaded, Note } from '../components/parts.js';
import { attempt } from '../components/toast.js';

/** @import { About, CacheSize, StorageState } from '../lib/answers' */

const words = texts.settings.about;

export function AboutView() {
  const about = usePoll('/api/about', 15_000);
  return html`<div class="stack wide">
    <div class="halves">
      <${Card} title=${words.program}><${Loaded} of=${about}>${program}<//><//>
      <${Card} title=${words.memory}><${Loaded} of=${about}>${memory}<//><//>
    </div>
    <${Card} title=${words.files}><${Loaded} of=${about}>${files}<//><//>
    <${StorageCard} />
  </div>`;
}

const program = (/** @type {About} */ data) => html`<div class="stack">
  <${Facts} entries=${[
    [words.version, html`<span>${data.version}</span>${data.commit && html`<code class="faint"> ${data.commit}</code>`}`],
    [words.project, data.projectUrl && html`<a href=${data.projectUrl} target="_blank" rel="noopener noreferrer">${data.projectUrl}</a>`],
    [words.address, html`<${Copied} text=${data.address} />`],
    [words.baseUrl, baseUrl() === data.address ? null : html`<${Copied} text=${baseUrl()} />`],
    [words.uptime, html`<span title=${moment(data.startedAt)}><${Live}>${() => span(now.value - parse(data.startedAt))}<//></span>`],
    [words.key, data.apiKeySet ? words.keySet : words.keyNone],
    [words.speaksAs, `Codex ${data.codexVersion}`],
    [words.process, `${data.pid}, ${data.runtime}, ${data.target}`],
    [words.system, data.os],
    [words.reference, html`<a href=${address('/openapi.json').href} target="_blank" rel="noopener noreferrer">${words.openApi}</a>`],
  ]} />
  ${data.demo && html`<${Note}>${words.demo}<//>`}
  ${data.listensBeyondLoopback && html`<${Note} kind=${data.apiKeySet ? '' : 'warn'}>${data.apiKeySet ? words.open : words.openWithoutKey}<//>`}
</div>`;

const Copied = ({ text, kind = null }) => html`<span class="row"><code class=${kind}>${text}</code><${CopyButton} text=${text} name=${words.copy(text)} /></span>`;

const path = text => html`<${Copied} text=${text} kind="path" />`;

const memory = (/** @type {About} */ { memory: used, caches }) => html`<div class="stack">
  <${Facts} entries=${[[words.resident, bytes(used.residentBytes)], [words.managed, bytes(used.managedBytes)]]} />
  <h3>${words.caches}</h3>
  ${caches.length === 0 ? html`<p class="muted">${words.noCaches}</p>` : html`<ul class="stack">${caches.map(cache => html`<${Cache} key=${cache.name} of=${cache} />`)}</ul>`}
</div>`;

/** @param {{ of: CacheSize }} properties */
function Cache({ of: cache }) {
  const name = cache.name[0].toUpperCase() + cache.name.slice(1);
  const size = cache.limitBytes ? words.of(bytes(cache.bytes), bytes(cache.limitBytes)) : bytes(cache.bytes);
  return html`<li class="window">
    <div class="top"><span>${name}</span><span class="muted small nowrap">${[size, cache.entries !== null && words.cacheEntries(number(cache.entries))].filter(Boolean).join(' · ')}</span></div>
    ${cache.limitBytes > 0 && html`<${Bar} used=${cache.bytes} limit=${cache.limitBytes} name=${name} />`}
  </li>`;
}

const Bar = ({ used, limit, name }) => html`<div class="track" role="meter" aria-label=${name} aria-valuemin="0" aria-valuemax=${limit} aria-valuenow=${Math.min(used, limit)}>
  ${used > 0 && html`<span class="bar-fill" style=${{ width: `${Math.min(100, (100 * used) / limit)}%` }}></span>`}</div>`;

const files = (/** @type {About} */ data) => html`<${Facts} entries=${[
  [words.dataDirectory, path(data.dataDirectory)], [words.accountsPath, path(data.accountsPath)], [words.settingsPath, path(data.settingsPath)],
  [words.configPath, path(data.configPath)], [words.logFile, data.logFile ? path(data.logFile) : words.noLogFile],
]} />`;

function StorageCard() {
  const storage = usePoll('/api/stats/storage', 30_000);
  return html`<${Card} title=${words.statistics}><${Loaded} of=${storage}>${(/** @type {StorageState} */ data) => html`<div class="stack">
    <${Facts} entries=${[
      [words.path, data.path && path(data.path)],
      [words.size, data.limitBytes ? words.of(bytes(data.bytes), bytes(data.limitBytes)) : bytes(data.bytes)],
      [words.rows, number(data.rows)],
      [words.oldest, moment(data.oldest)],
      [words.lost, data.lost > 0 ? number(data.lost) : null],
    ]} />
    ${data.limitBytes > 0 && html`<div class="window"><${Bar} used=${data.bytes} limit=${data.limitBytes} name=${words.size} /></div>`}
    ${data.on === false && html`<${Note} kind="warn">${words.notKept}<//>`}
    <p class="small muted">${words.statisticsText}</p>
    <div><${Button} kind="danger" icon="trash" onclick=${() => { forget(storage); }}>${words.forget}<//></div>
  </div>`}<//><//>`;
}

/** What takes months to gather is not lost by a slip: the word has to be typed. */
async function forget(storage) {
  const typed = signal('');
  const rows = number(storage.data.peek().rows);
  const agreed = await openDialog({
    title: words.forget,
    content: () => html`<div class="stack">
      <p>${words.forgetText(rows)}</p>
      <label class="stack tight"><span>${words.typeWord}</span>
        <input class="input" autocomplete="off" spellcheck=${false} autofocus oninput=${event => { typed.value = event.currentTarget.value.trim().toLowerCase(); }} /></label>
    </div>`,
    actions: ({ close }) => html`
      <${Button} onclick=${() => close(false)}>${texts.actions.cancel}<//>
      <${Button} kind="primary danger" icon="trash" disabled=${typed.value !== words.word} onclick=${() => close(true)}>${words.forgetAction}<//>`,
  });
  if (agreed !== true) return;
  await attempt(() => remove('/api/stats', { confirm: true }), words.forgotten);
  storage.reload();
}

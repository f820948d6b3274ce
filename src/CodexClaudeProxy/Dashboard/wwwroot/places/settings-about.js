// What runs here: version, addresses, files, memory, and the statistics that are kept.
import { h } from '../lib/dom.js';
import { address, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { poll } from '../lib/feed.js';
import { bytes, moment, number, parse, span } from '../lib/format.js';
import { baseUrl } from '../lib/program.js';
import { signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { button, card, copyButton, facts, loaded, note } from '../components/parts.js';
import { attempt } from '../components/toast.js';

const words = texts.settings.about;

export function aboutView() {
  const about = poll('/api/about', 15_000);
  return h('div', { class: 'stack wide' },
    h('div', { class: 'halves' },
      card({ title: words.program }, loaded(about, data => program(data))),
      card({ title: words.memory }, loaded(about, data => memory(data)))),
    card({ title: words.files }, loaded(about, data => files(data))),
    storageCard());
}

const program = data => h('div', { class: 'stack' },
  () => facts([
    [words.version, [h('span', {}, data().version), data().commit && h('code', { class: 'faint' }, ` ${data().commit}`)]],
    [words.address, copied(data().address)],
    [words.baseUrl, baseUrl() === data().address ? null : copied(baseUrl())],
    [words.uptime, h('span', { title: moment(data().startedAt) }, () => span(now() - parse(data().startedAt)))],
    [words.key, data().apiKeySet ? words.keySet : words.keyNone],
    [words.speaksAs, `Codex ${data().codexVersion}`],
    [words.process, `${data().pid}, ${data().runtime}, ${data().target}`],
    [words.system, data().os],
    [words.reference, h('a', { href: address('/openapi.json').href, target: '_blank', rel: 'noopener noreferrer' }, words.openApi)],
  ]),
  () => data().demo && note(words.demo),
  () => data().listensBeyondLoopback && note(data().apiKeySet ? words.open : words.openWithoutKey, data().apiKeySet ? '' : 'warn'));

const copied = text => h('span', { class: 'row' }, h('code', {}, text), copyButton(text, { name: words.copy(text) }));

const memory = data => h('div', { class: 'stack' },
  () => facts([[words.resident, bytes(data().memory.residentBytes)], [words.managed, bytes(data().memory.managedBytes)]]),
  h('h3', {}, words.caches),
  () => (data().caches.length === 0 ? h('p', { class: 'muted' }, words.noCaches) : h('ul', { class: 'stack' }, data().caches.map(cache => h('li', { class: 'window' },
    h('div', { class: 'top' }, h('span', {}, words.cacheNames[cache.name] ?? cache.name),
      h('span', { class: 'muted small nowrap' }, [cache.limitBytes ? words.of(bytes(cache.bytes), bytes(cache.limitBytes)) : bytes(cache.bytes), cache.entries !== null && words.cacheEntries(number(cache.entries))].filter(Boolean).join(' · '))),
    cache.limitBytes > 0 && bar(cache.bytes, cache.limitBytes, words.cacheNames[cache.name] ?? cache.name))))));

const bar = (used, limit, name) => h('div', { class: 'track', role: 'meter', ariaLabel: name, ariaValuemin: 0, ariaValuemax: limit, ariaValuenow: Math.min(used, limit) },
  used > 0 && h('span', { class: 'bar-fill', style: { width: `${Math.min(100, (100 * used) / limit)}%` } }));

const files = data => () => facts([
  [words.dataDirectory, path(data().dataDirectory)], [words.accountsPath, path(data().accountsPath)], [words.settingsPath, path(data().settingsPath)],
  [words.configPath, path(data().configPath)], [words.logFile, data().logFile ? path(data().logFile) : words.noLogFile],
]);

const path = text => h('span', { class: 'row' }, h('code', { class: 'path' }, text), copyButton(text, { name: words.copy(text) }));

function storageCard() {
  const storage = poll('/api/stats/storage', 30_000);
  return card({ title: words.statistics }, loaded(storage, data => h('div', { class: 'stack' },
    () => facts([
      [words.path, data().path && path(data().path)],
      [words.size, data().limitBytes ? words.of(bytes(data().bytes), bytes(data().limitBytes)) : bytes(data().bytes)],
      [words.rows, number(data().rows)],
      [words.oldest, moment(data().oldest)],
      [words.lost, data().lost > 0 ? number(data().lost) : null],
    ]),
    () => data().limitBytes > 0 && h('div', { class: 'window' }, bar(data().bytes, data().limitBytes, words.size)),
    () => data().on === false && note(words.notKept, 'warn'),
    h('p', { class: 'small muted' }, words.statisticsText),
    h('div', {}, button({ kind: 'danger', icon: 'trash', onclick: () => { forget(storage); } }, words.forget)))));
}

/** What takes months to gather is not lost by a slip: the word has to be typed. */
async function forget(storage) {
  const typed = signal('');
  const agreed = await openDialog({
    title: words.forget,
    content: () => h('div', { class: 'stack' }, h('p', {}, words.forgetText(number(storage.data.peek().rows))),
      h('label', { class: 'stack tight' }, h('span', {}, words.typeWord), input())),
    actions: close => [
      button({ onclick: () => close(false) }, texts.actions.cancel),
      button({ kind: 'primary danger', icon: 'trash', disabled: () => typed() !== words.word, onclick: () => close(true) }, words.forgetAction),
    ],
  });
  if (agreed !== true) return;
  await attempt(() => remove('/api/stats', { confirm: true }), words.forgotten);
  storage.reload();

  function input() {
    const element = h('input', { class: 'input', autocomplete: 'off', spellcheck: 'false', autofocus: true, oninput: () => typed.set(element.value.trim().toLowerCase()) });
    return element;
  }
}

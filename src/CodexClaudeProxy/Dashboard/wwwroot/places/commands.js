// What Ctrl-K offers: every place, account and setting, and what can be done from anywhere. And the list of the keys.
import { html } from '../lib/ui.js';
import { poll } from '../lib/feed.js';
import { masked, prose, setMasked } from '../lib/identity.js';
import { notices, setNotices } from '../lib/notices.js';
import { about, baseUrl, nameOf, pool } from '../lib/program.js';
import { go } from '../lib/router.js';
import { keyOf, setSingleKeys, showShortcuts, singleKeys } from '../keys.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { openPalette } from '../components/palette.js';
import { Toggle } from '../components/parts.js';
import { toast } from '../components/toast.js';
import { makeActive } from './accounts-switch.js';
import { saved } from './requests-saved.js';

/** @import { SettingsReply } from '../lib/answers' */

const words = texts.palette;

/** What the settings are, asked for when somebody looks for them. */
const settings = poll('/api/settings');

export function openCommands() {
  const stop = settings.start();
  openPalette(() => [...places(), ...actions(), ...accounts(), ...requests(), ...settingsOf(settings.data.value)]).then(stop);
}

const places = () => [
  ...Object.keys(texts.places).map(id => ({ id: `place ${id}`, group: words.places, icon: id, text: texts.places[id], keys: keyOf(id) && `g ${keyOf(id)}`, run: () => go(id) })),
  ...Object.entries(texts.settings.views).filter(([id]) => id !== 'settings')
    .map(([id, text]) => ({ id: `view ${id}`, group: words.places, icon: 'settings', text, also: texts.places.settings, run: () => go('settings', { view: id }) })),
  ...(about.data.value?.demo ? [{ id: 'gallery', group: words.places, icon: 'info', text: texts.hiddenPlaces.gallery, run: () => go('gallery') }] : []),
];

const actions = () => [
  { id: 'add', group: words.actions, icon: 'plus', text: texts.accounts.add, run: () => go('accounts', { add: '1' }) },
  { id: 'mask', group: words.actions, icon: masked.value ? 'eye' : 'eye-off', text: masked.value ? texts.mask.on : texts.mask.off, run: () => setMasked(!masked.peek()) },
  { id: 'address', group: words.actions, icon: 'copy', text: words.copyAddress, also: baseUrl(), run: () => { navigator.clipboard.writeText(baseUrl()).then(() => toast(texts.copied), () => toast(texts.notCopied, 'bad')); } },
  { id: 'notices', group: words.actions, icon: notices.value ? 'bell-off' : 'bell', text: notices.value ? texts.notices.off : texts.notices.on, run: changeNotices },
  { id: 'prices', group: words.actions, icon: 'edit', text: texts.settings.form.prices.edit, run: () => go('settings', { edit: 'prices' }) },
  { id: 'keys', group: words.actions, icon: 'info', text: words.shortcuts, keys: '?', run: showShortcuts },
];

export async function changeNotices() {
  const on = !notices.peek();
  const problem = await setNotices(on);
  if (problem) toast(problem, 'bad');
  else toast(on ? texts.notices.started : texts.notices.stopped);
}

const accounts = () => (pool.data.value?.accounts ?? []).flatMap(account => {
  const name = nameOf(account);
  const group = words.accounts;
  return [
    { id: `account ${account.id}`, group, icon: 'accounts', text: words.account(name), run: () => go('accounts', { account: account.id }) },
    { id: `use ${account.id}`, group, icon: 'arrow', text: words.use(name), run: () => { makeActive(account); } },
    { id: `requests ${account.id}`, group, icon: 'requests', text: words.requestsOf(name), run: () => go('requests', { account: account.id }) },
  ];
});

const requests = () => [
  { id: 'failed', group: texts.places.requests, icon: 'alert', text: words.failed, run: () => go('requests', { outcome: 'failed' }) },
  { id: 'side', group: texts.places.requests, icon: 'requests', text: words.withoutSide, run: () => go('requests', { side: 'none' }) },
  ...saved.value.map(({ name, query }) => ({ id: `saved ${name}`, group: texts.places.requests, icon: 'requests', text: prose(name), also: texts.requests.saved.title, run: () => go('requests', new URLSearchParams(query)) })),
];

/** @param {SettingsReply | null} data */
const settingsOf = data => (data?.keys ?? []).map(({ name, description }) => ({
  id: `setting ${name}`, group: words.settings, icon: 'settings', text: texts.settings.form.names[name] ?? name, also: `${name} ${description}`, run: () => go('settings', { q: name }),
}));

export const openShortcuts = () => openDialog({ title: words.shortcuts, content: Shortcuts });

const Shortcuts = () => html`<div class="stack">
  <dl class="facts keys">${words.keys(Object.keys(texts.places).filter(keyOf).map(id => [`g ${keyOf(id)}`, texts.places[id]]))
    .map(([keys, what]) => html`<dt key=${`${keys} key`}>${keys.split(' ').map(key => html`<kbd>${key}</kbd>`)}</dt><dd key=${keys}>${what}</dd>`)}</dl>
  <${Toggle} name=${words.single} value=${singleKeys.value} onchange=${setSingleKeys} />
</div>`;

// The keys of clients: who has one, what it may do, and how much of that is used up.
import { html, Live } from '../lib/ui.js';
import { post, remove } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { usePoll } from '../lib/feed.js';
import { ago, number, parse, percent, short, span, usd, when } from '../lib/format.js';
import { who } from '../lib/identity.js';
import { forgetKeyNames } from '../lib/key-names.js';
import { baseUrl } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { confirm, openDialog } from '../components/dialog.js';
import { Menu } from '../components/menu.js';
import { Button, Card, CodeBlock, Empty, Facts, Loaded, Note, Pill } from '../components/parts.js';
import { attempt } from '../components/toast.js';
import { Track } from '../components/windows.js';
import { editKey } from './settings-key-form.js';

/** @import { KeyList, NewKey, ShownKey, ShownLimit } from '../lib/answers' */

const words = texts.settings.keys;

export function KeysView() {
  const list = usePoll('/api/keys', 15_000);
  const reload = async () => { forgetKeyNames(); await list.reload(); };
  const add = async () => {
    const made = await editKey(null);
    if (!made) return;
    await reload();
    await showOnce(made);
  };
  return html`<${Loaded} of=${list} lines=${5}>${(/** @type {KeyList} */ { keys, ownersKey }) => html`<div class="stack wide">
    <${Card} title=${words.title} actions=${keys.length > 0 && html`<${Button} kind="small primary push" icon="plus" onclick=${add}>${words.add}<//>`}>
      ${keys.length === 0
        ? html`<${Empty} icon="key" title=${words.none} text=${words.explain} action=${html`<${Button} kind="primary" icon="plus" onclick=${add}>${words.add}<//>`} />`
        : html`<div class="stack"><p class="muted">${words.explain}</p>${!ownersKey && html`<${Note}>${words.noOwner}<//>`}</div>`}
    <//>
    ${keys.length > 0 && html`<ul class="client-keys" aria-label=${words.title}>${keys.map(key => html`<${Key} key=${key.id} of=${key} reload=${reload} />`)}</ul>`}
  </div>`}<//>`;
}

/** @param {{ of: ShownKey, reload: () => Promise<void> }} properties */
function Key({ of: key, reload }) {
  const name = who(key.name, 'key');
  const change = async () => { if (await editKey(key)) await reload(); };
  const renew = async () => {
    if (!await confirm({ title: words.renewTitle(name), body: words.renewText, action: words.renew })) return;
    const made = await attempt(() => post(`/api/keys/${key.id}/renew`));
    if (made) { await reload(); await showOnce(made); }
  };
  const revoke = async () => {
    if (!await confirm({ title: words.revokeTitle(name), body: words.revokeText, action: words.revoke, danger: true })) return;
    await attempt(() => remove(`/api/keys/${key.id}`), answer => answer.message);
    await reload();
  };
  return html`<li class="card client-key"><div class="body stack">
    <div class="row wrap">
      <h3>${name}</h3><code class="muted">${key.start}…</code>
      ${key.expired ? html`<${Pill} kind="bad">${words.expired}<//>` : key.limits.some(limit => limit.reached) && html`<${Pill} kind="warn">${words.reached}<//>`}
      <span class="push"><${Menu} name=${words.menu(name)} items=${[
        { id: 'change', icon: 'edit', text: words.change, onclick: change },
        { id: 'renew', icon: 'refresh', text: words.renew, onclick: renew },
        { id: 'revoke', icon: 'trash', text: words.revoke, onclick: revoke, danger: true },
      ]} /></span>
    </div>
    ${key.limits.length > 0 && html`<div class="client-key-limits">${key.limits.map(limit => html`<${Limit} key=${`${limit.kind} ${limit.span} ${limit.model}`} of=${limit} />`)}</div>`}
    <${Facts} entries=${[
      [words.models, key.models ? html`<code>${key.models.join(', ')}</code>` : words.allModels],
      [words.today, html`<span class="row wrap">${words.used(number(key.requestsToday), short(key.tokensToday))}<a class="small" href=${href('requests', { key: key.id })}>${words.requests}</a></span>`],
      [words.lastUsed, key.lastUsed ? html`<${Live}>${() => ago(key.lastUsed, now.value)}<//>` : words.never],
      key.expires && [words.expires, when(key.expires)],
    ]} />
  </div></li>`;
}

const amount = (/** @type {ShownLimit} */ { kind }, value) => (kind === 'cost_usd' ? usd(value) : short(value));

/** @param {{ of: ShownLimit }} properties */
function Limit({ of: limit }) {
  const used = Math.min(100, (100 * limit.used) / limit.maximum);
  const name = words.limitName(words.kinds[limit.kind] ?? limit.kind, words.spans[limit.span] ?? limit.span, limit.model);
  return html`<div class="window">
    <div class="top"><span class="strong name-of"><span class="cut">${name}</span></span><span class=${limit.reached ? 'nowrap bad strong' : 'nowrap'}>${percent(Math.floor(used))}</span></div>
    <${Track} ...${{ name, used, expected: null, kind: limit.reached ? 'bad' : used >= 80 ? 'warn' : '' }} />
    <div class="under"><span>${words.of(amount(limit, limit.used), amount(limit, limit.maximum))}</span>
      ${limit.freeAt && html`<span class="nowrap">${limit.reached ? words.freeAgain : words.startsAnew} <${Live}>${() => texts.time.in(span(Math.max(0, parse(limit.freeAt) - now.value)))}<//></span>`}</div>
  </div>`;
}

/** The program keeps only the hash: who closes this without copying needs another key. @param {NewKey} made */
const showOnce = ({ key, client }) => openDialog({
  title: words.onceTitle(who(client.name, 'key')),
  dismissable: false,
  content: () => html`<div class="stack">
    <${Note} kind="warn">${words.once}<//>
    <${CodeBlock} text=${key} name=${words.copyKey} wraps />
    <p class="muted">${words.paste}</p>
    <${CodeBlock} text=${`export ANTHROPIC_BASE_URL=${baseUrl()}\nexport ANTHROPIC_AUTH_TOKEN=${key}`} name=${words.copyLines} wraps />
    <p class="small muted">${words.others}</p>
  </div>`,
  actions: ({ close }) => html`<${Button} kind="primary" onclick=${() => close()}>${words.done}<//>`,
});

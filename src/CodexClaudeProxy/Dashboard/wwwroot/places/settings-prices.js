// The prices behind the estimates: the built-in ones, and the owner's own, which count instead.
import { html, useLayoutEffect, useRef, useSignal, useUid } from '../lib/ui.js';
import { patch } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { day, number, usd } from '../lib/format.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { openDrawer } from '../components/dialog.js';
import { Button, IconButton, Loaded } from '../components/parts.js';
import { attempt, toast } from '../components/toast.js';

/** @import { ListedPrice, PriceReport, SettingsReply } from '../lib/answers' */
/** @import { Polled } from '../lib/feed' */

const words = texts.settings.form.prices;
const PARTS = ['input', 'cachedInput', 'cacheWrite', 'output'];

/** The drawer is open while the address says so: it can be linked to, and the back button closes it. @param {Polled<SettingsReply>} settings */
export function usePrices(settings) {
  const isOpen = param('edit') === 'prices' && settings.data.value !== null;
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    let isLeft = false;
    const close = openDrawer({ title: words.title, content: () => html`<${Prices} settings=${settings} />`, onclose: () => { if (!isLeft) setParams({ edit: null }); } });
    return () => { isLeft = true; close(); };
  }, [isOpen]);
}

export const PricesButton = ({ value, open }) => html`<div class="row wrap"><span class="strong">${words.own(Object.keys(value ?? {}).length)}</span><${Button} kind="small" icon="edit" onclick=${open}>${words.edit}<//></div>`;

/** @param {{ settings: Polled<SettingsReply> }} properties */
function Prices({ settings }) {
  const list = usePoll('/api/prices');
  /** The key of the price that is being edited, '' for a new one, null for none. */
  const editing = useSignal(null);
  const own = settings.data.value.settings.prices;
  const save = async (prices, done) => {
    settings.data.value = await patch('/api/settings', { prices });
    editing.value = null;
    await list.reload();
    toast(done);
  };
  const set = (model, price) => save({ ...Object.fromEntries(Object.entries(own).filter(([name]) => name.toLowerCase() !== model.toLowerCase())), [model]: price }, words.saved(model));
  const take = model => attempt(() => save(Object.fromEntries(Object.entries(own).filter(([name]) => name !== model)), words.removed(model)));
  return html`<${Loaded} of=${list} lines=${8}>${({ asOf, longContext, prices }) => {
    const properties = { editing, set, take, own };
    return html`<div class="stack wide prices">
      <p class="muted">${words.explain(day(asOf))} ${words.explainLong(number(longContext))}</p>
      <section class="stack">
        <div class="row wrap"><h3>${words.ownHead}</h3>${editing.value !== '' && html`<${Button} kind="small push" icon="plus" onclick=${() => { editing.value = ''; }}>${words.add}<//>`}</div>
        ${editing.value === '' && html`<div class="price alone"><${PriceForm} key="new" ...${properties} /></div>`}
        <${Table} prices=${prices.filter(each => each.own)} ...${properties} />
        ${editing.value !== '' && Object.keys(own).length === 0 && html`<p class="muted">${words.noOwn}</p>`}
      </section>
      <section class="stack"><h3>${words.builtInHead}</h3><${Table} prices=${prices.filter(each => !each.own)} ...${properties} /></section>
    </div>`;
  }}<//>`;
}

const keyOf = (/** @type {ListedPrice} */ { model, own, price }) => `${model} ${own} ${price.from}`;

/** @param {{ prices: ListedPrice[], editing: any, set: any, take: any, own: Record<string, any> }} properties */
const Table = ({ prices, ...rest }) => prices.length > 0 && html`<div class="price-list">
  <div class="price heads" aria-hidden="true"><span>${words.model}</span>${PARTS.map(part => html`<span key=${part}>${words.parts[part]}</span>`)}</div>
  <ul>${prices.map(listed => html`<li key=${keyOf(listed)} class="price">${rest.editing.value === keyOf(listed)
    ? html`<${PriceForm} key="form" listed=${listed} ...${rest} />` : html`<${Price} key="price" listed=${listed} until=${endOf(listed, prices)} ...${rest} />`}</li>`)}</ul>
</div>`;

/** The day from which another price of the model counts. */
const endOf = (/** @type {ListedPrice} */ { model, price }, prices) => prices.map(each => (each.model === model ? each.price.from : null)).filter(from => from !== null && from > (price.from ?? '')).sort()[0] ?? null;

/** @param {{ listed: ListedPrice, until: string | null, editing: any, take: any, own: Record<string, any> }} properties */
function Price({ listed, until, editing, take, own }) {
  const { model, price } = listed;
  const isReplaced = !listed.own && Object.keys(own).some(name => name.toLowerCase() === model.toLowerCase());
  const edit = () => { editing.value = keyOf(listed); };
  const notes = [model === '*' && words.every, isReplaced && words.replaced, price.from && words.from(day(price.from)), until && words.until(day(until)), listed.longContext && words.long].filter(Boolean);
  return html`
    <div class="what"><code class="strong">${model}</code>${notes.length > 0 && html`<span class="small muted">${notes.join(' · ')}</span>`}</div>
    <dl class="parts" data-past=${isReplaced || until ? '' : null}>${PARTS.map(part => html`<div key=${part}><dt>${words.parts[part]}</dt><dd>${usd(price[part])}</dd></div>`)}</dl>
    <div class="row actions">${listed.own
      ? html`<${IconButton} icon="edit" kind="quiet small" name=${words.change(model)} onclick=${edit} /><${IconButton} icon="trash" kind="quiet small" name=${words.remove(model)} onclick=${() => take(model)} />`
      : !isReplaced && !until && html`<${IconButton} icon="edit" kind="quiet small" name=${words.replace(model)} onclick=${edit} />`}</div>`;
}

/** What is typed goes to the program as it is, which says what it must be. */
const read = text => (text.trim() !== '' && Number.isFinite(Number(text.replace(',', '.'))) ? Number(text.replace(',', '.')) : text);

/** @param {{ listed?: ListedPrice, editing: any, set: (model: string, price: object) => Promise<void> }} properties */
function PriceForm({ listed, editing, set }) {
  const form = useRef(null);
  const id = useUid('price');
  const problem = useSignal(/** @type {{ field: string, text: string } | null} */ (null));
  const busy = useSignal(false);
  useLayoutEffect(() => { form.current.querySelector('input').focus(); }, []);
  const model = listed?.model ?? null;
  const submit = async event => {
    event.preventDefault();
    if (busy.peek()) return;
    const value = name => form.current.elements[name].value;
    const name = model ?? value('model').trim();
    const filled = PARTS.filter(part => part !== 'cacheWrite' || value(part).trim() !== '');
    if (!name) problem.value = { field: 'model', text: words.missing };
    else {
      busy.value = true;
      try { await set(name, Object.fromEntries(filled.map(part => [part, read(value(part))]))); return; } catch (e) { problem.value = placed(e.message); } finally { busy.value = false; }
    }
    form.current.elements[problem.peek().field]?.focus();
  };
  const cancel = event => { if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); editing.value = null; } };
  const field = (name, label, properties) => html`<div class="field"><label for="${id}-${name}">${label}</label>
    <input class="input" id="${id}-${name}" name=${name} autocomplete="off" spellcheck=${false} aria-invalid=${problem.value?.field === name ? 'true' : null} aria-describedby="${id}-problem" ...${properties} /></div>`;
  return html`<form class="price-form" ref=${form} aria-label=${model ? words.form(model) : words.formNew} onsubmit=${submit} onkeydown=${cancel}>
    ${model === null ? field('model', words.newModel, { maxlength: 200, class: 'input mono' }) : html`<code class="strong">${model}</code>`}
    ${model === null && html`<p class="small muted">${words.newHint}</p>`}
    <div class="parts">${PARTS.map(part => field(part, words.parts[part], { key: part, inputmode: 'decimal', defaultValue: startOf(listed, part), placeholder: words.partHints[part] }))}</div>
    <p class="small bad" id="${id}-problem" role="alert">${problem.value?.text}</p>
    <div class="row end"><${Button} kind="small" onclick=${() => { editing.value = null; }}>${texts.actions.cancel}<//><${Button} kind="small primary" type="submit" aria-busy=${busy.value ? 'true' : null}>${words.save}<//></div>
  </form>`;
}

const startOf = (listed, part) => (listed ? String(listed.price[part]) : '');

/** The program's own words, at the field they are about: prices: 'gpt-6-sol': input must be a number from 0 to 100000. */
function placed(message) {
  const text = message.replace(/^prices: /, '').replace(/^'[^']*': /, '');
  const part = PARTS.find(name => text.startsWith(`${name} `)) ?? null;
  const shown = part ? text.replace(part, words.parts[part]) : text;
  return { field: part ?? (/^'|twice|allowed/.test(text) ? 'model' : 'input'), text: `${shown.charAt(0).toUpperCase()}${shown.slice(1)}` };
}

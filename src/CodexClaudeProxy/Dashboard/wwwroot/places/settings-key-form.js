// A client's key as a form: for a new one, and for what may change of one that is there.
import { html, useRef, useSignal } from '../lib/ui.js';
import { patch, post } from '../lib/api.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { Button, Field, IconButton, Note, Select } from '../components/parts.js';

/** @import { ShownKey } from '../lib/answers' */

const words = texts.settings.keys;
const KINDS = Object.entries(words.kinds);
const SPANS = Object.entries(words.spans);

/**
 * @param {ShownKey | null} key null for a new one
 * @returns {Promise<any>} what the program answered; undefined when nothing was changed.
 */
export const editKey = key => openDialog({ title: key ? words.changeTitle : words.addTitle, wide: true, content: ({ close }) => html`<${Form} of=${key} close=${close} />` });

/** A comma between the thousands is for people. */
const read = text => Number(text.replace(/[\s,]/g, ''));

const dateOf = iso => (iso ? new Date(iso).toLocaleDateString('sv-SE') : '');

/** @param {{ of: ShownKey | null, close: (value?: any) => void }} properties */
function Form({ of: key, close }) {
  const form = useRef(null);
  const limits = useSignal((key?.limits ?? []).map(({ kind, span, maximum, model }, id) => ({ id, kind, span, maximum: String(maximum), model: model ?? '' })));
  const problem = useSignal(/** @type {string | null} */ (null));
  const busy = useSignal(false);
  const set = (id, change) => { limits.value = limits.peek().map(each => (each.id === id ? { ...each, ...change } : each)); };
  const add = () => { limits.value = [...limits.peek(), { id: Math.max(-1, ...limits.peek().map(each => each.id)) + 1, kind: KINDS[0][0], span: 'daily', maximum: '', model: '' }]; };
  const submit = async event => {
    event.preventDefault();
    if (busy.peek()) return;
    const { name, models, expires } = form.current.elements;
    const patterns = models.value.split(',').map(text => text.trim()).filter(Boolean);
    const body = {
      name: name.value.trim(),
      models: patterns.length > 0 ? patterns : null,
      limits: limits.peek().map(({ kind, span, maximum, model }) => ({ kind, span, maximum: read(maximum), model: model.trim() || null })),
      // A day that was not touched keeps its hour.
      ...(expires.value === dateOf(key?.expires) && key ? {} : { expires: expires.value ? new Date(`${expires.value}T00:00`).toISOString() : null }),
    };
    if (body.limits.some(({ maximum }) => !(maximum > 0))) { problem.value = words.wrongMaximum; return; }
    busy.value = true;
    try { close(key ? await patch(`/api/keys/${key.id}`, body) : await post('/api/keys', body)); } catch (e) { problem.value = e.message; } finally { busy.value = false; }
  };
  return html`<form class="stack" ref=${form} onsubmit=${submit}>
    <${Field} label=${words.name} hint=${words.nameHint}>${(id, about) => html`<input class="input" id=${id} name="name" aria-describedby=${about} defaultValue=${key?.name ?? ''} maxlength="60" autocomplete="off" autofocus required />`}<//>
    <${Field} label=${words.models} hint=${words.modelsHint}>${(id, about) => html`<input class="input mono" id=${id} name="models" aria-describedby=${about} defaultValue=${key?.models?.join(', ') ?? ''} placeholder=${words.allModels} autocomplete="off" spellcheck=${false} />`}<//>
    <fieldset class="stack tight key-limits"><legend>${words.limits}</legend>
      ${limits.value.map(limit => html`<div class="key-limit" key=${limit.id}>
        <${Select} name=${words.kind} options=${KINDS} value=${limit.kind} onchange=${kind => set(limit.id, { kind })} />
        <${Select} name=${words.span} options=${SPANS} value=${limit.span} onchange=${span => set(limit.id, { span })} />
        <input class="input" aria-label=${words.maximum} placeholder=${words.maximum} inputmode="decimal" value=${limit.maximum} autocomplete="off" oninput=${event => set(limit.id, { maximum: event.currentTarget.value })} />
        <input class="input mono" aria-label=${words.onlyModel} placeholder=${words.onlyModel} value=${limit.model} autocomplete="off" spellcheck=${false} oninput=${event => set(limit.id, { model: event.currentTarget.value })} />
        <${IconButton} icon="trash" kind="quiet small" name=${words.removeLimit} onclick=${() => { limits.value = limits.peek().filter(each => each.id !== limit.id); }} />
      </div>`)}
      <div><${Button} kind="small" icon="plus" onclick=${add}>${words.addLimit}<//></div>
      <span class="small muted">${words.limitsHint}</span>
    </fieldset>
    <${Field} label=${words.expires} hint=${words.expiresHint}>${(id, about) => html`<input class="input key-date" type="date" id=${id} name="expires" aria-describedby=${about} defaultValue=${dateOf(key?.expires)} />`}<//>
    ${problem.value && html`<div role="alert"><${Note} kind="bad">${problem.value}<//></div>`}
    <div class="row end"><${Button} onclick=${() => close()}>${texts.actions.cancel}<//><${Button} kind="primary" type="submit" aria-busy=${busy.value ? 'true' : null}>${key ? texts.actions.save : words.create}<//></div>
  </form>`;
}

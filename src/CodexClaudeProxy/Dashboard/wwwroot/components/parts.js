// The small parts that places are made of.
import { html, useLayoutEffect, useRef, useSignal, useUid } from '../lib/ui.js';
import { texts } from '../texts.js';
import { Icon } from './icons.js';
import { toast } from './toast.js';

/** <${Button} icon="plus" kind="primary" onclick=${f}>Add<//>. An onclick that returns a promise keeps it busy meanwhile. */
export function Button({ icon, kind = '', onclick, children, ...rest }) {
  const busy = useSignal(false);
  const run = async event => {
    if (busy.peek()) return;
    const running = onclick?.(event);
    if (!(running instanceof Promise)) return;
    busy.value = true;
    try { await running; } finally { busy.value = false; }
  };
  return html`<button type="button" class="button ${kind}" aria-busy=${busy.value ? 'true' : null} onclick=${run} ...${rest}>${icon && html`<${Icon} name=${icon} />`}${children}</button>`;
}

/** A button that is only a picture; its name is spoken and shown as a tool tip. */
export const IconButton = ({ name, kind = 'quiet', ...rest }) => html`<${Button} kind="${kind} icon" aria-label=${name} title=${name} ...${rest} />`;

export const Pill = ({ kind = '', live = false, dot = true, children }) => html`<span class="pill ${kind}${live ? ' live' : ''}">${dot && html`<i></i>`}<span class="cut">${children}</span></span>`;

export const Badge = ({ children }) => html`<span class="badge">${children}</span>`;

/** A titled card. actions stand at the right of its title. */
export function Card({ title, actions, footer, class: extra = '', flush = false, children }) {
  const id = useUid('card');
  return html`<section class="card ${extra}" aria-labelledby=${title ? id : null}>
    ${title && html`<header><h2 id=${id}>${title}</h2>${actions}</header>`}
    ${flush ? children : html`<div class="body">${children}</div>`}
    ${footer && html`<footer>${footer}</footer>`}
  </section>`;
}

/** What to show where there is nothing yet, with the next step. */
export const Empty = ({ icon = 'info', title, text, action }) =>
  html`<div class="empty"><${Icon} name=${icon} /><p class="head">${title}</p>${text && html`<p>${text}</p>`}${action}</div>`;

export const Note = ({ kind = '', children }) => html`<div class="note ${kind}"><${Icon} name=${kind === 'bad' || kind === 'warn' ? 'alert' : 'info'} /><div>${children}</div></div>`;

export const Skeleton = ({ lines = 3 }) => html`<div class="stack" aria-busy="true"><span class="unseen">${texts.loading}</span>
  ${Array.from({ length: lines }, (_, i) => html`<span class="skeleton" style=${{ width: `${92 - (i * 17) % 45}%` }}></span>`)}</div>`;

/**
 * Shows a polled value: <${Loaded} of=${polled}>${data => html`…`}<//>; a quiet word when the program cannot tell it, or that it is on its way.
 * The function runs anew with each value; it is no component and must not use hooks.
 */
export function Loaded({ of: { data, error, reload }, lines = 3, children }) {
  if (data.value !== null) return children(data.value);
  if (error.value === null) return html`<${Skeleton} lines=${lines} />`;
  return error.value.missing
    ? html`<${Empty} title=${texts.unavailable.title} text=${texts.unavailable.text} />`
    : html`<${Empty} icon="alert" title=${texts.failed} text=${error.value.message} action=${html`<${Button} icon="refresh" onclick=${reload}>${texts.actions.retry}<//>`} />`;
}

/** Copies a text. `text` may be a function. */
export function CopyButton({ text, name = texts.actions.copy, label = null }) {
  const done = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      done.value = true;
      toast(texts.copied);
      setTimeout(() => { done.value = false; }, 1500);
    } catch { toast(texts.notCopied, 'bad'); }
  };
  return html`<button type="button" class=${label ? 'button small' : 'button small quiet icon'} aria-label=${label ? null : name} title=${name} onclick=${copy}>
    <${Icon} name=${done.value ? 'check' : 'copy'} size=${14} />${label}</button>`;
}

/** Text to be copied. */
export const CodeBlock = ({ text, name = texts.actions.copy, wraps = false }) => html`<div class=${wraps ? 'code wraps' : 'code'}>
  <pre tabindex="0" role="group" aria-label=${name.replace(/^Copy /, '')}><code>${text}</code></pre><${CopyButton} text=${text} name=${name} /></div>`;

/** A choice of few, as a radio group: arrows move, one tab stop. options: [[value, what stands there]]. */
export function Segments({ name, options, value, onchange, class: extra = 'segments' }) {
  const group = useRef(null);
  const stop = options.some(([id]) => id === value) ? value : options[0][0];
  const move = event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...group.current.children];
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons[next].focus();
    onchange(options[next][0]);
  };
  return html`<div class=${extra} role="radiogroup" aria-label=${name} onkeydown=${move} ref=${group}>${options.map(([id, text]) => html`
    <button key=${id} type="button" role="radio" data-value=${id} aria-checked=${String(value === id)} tabindex=${id === stop ? 0 : -1} onclick=${() => onchange(id)}>${text}</button>`)}</div>`;
}

/** An on-off switch. */
export const Toggle = ({ name, value, onchange, hideName = false, disabled = false }) => html`<button type="button" class="switch" role="switch" aria-checked=${String(!!value)}
  aria-label=${hideName ? name : null} disabled=${disabled} onclick=${() => onchange(!value)}><i></i>${!hideName && name}</button>`;

/** A labelled field. Its child is a function of the id that the label points to, and of the id of what explains it. */
export function Field({ label, hint, error, children: control }) {
  const id = useUid('field');
  const about = useUid('about');
  return html`<div class="field"><label for=${id}>${label}</label>${control(id, about)}
    ${hint && html`<span class="hint" id=${about}>${hint}</span>`}
    ${error && html`<span class="error" role="alert">${error}</span>`}</div>`;
}

/** A native choice. options: [[value, text]]. The value survives a change of the options. */
export function Select({ name, options, value, onchange, small = false, ...rest }) {
  const element = useRef(null);
  // What can be chosen may be the id of an account, so it is kept here and not in the document, which others may see.
  const wanted = value ?? '';
  const shown = wanted && !options.some(([option]) => option === wanted) ? [...options, [wanted, wanted]] : options;
  const at = shown.findIndex(([option]) => option === wanted);
  useLayoutEffect(() => { if (element.current.selectedIndex !== at) element.current.selectedIndex = at; });
  return html`<select ref=${element} class=${small ? 'input small' : 'input'} aria-label=${name} onchange=${() => onchange(shown[element.current.selectedIndex][0])} ...${rest}>
    ${shown.map(([option, text]) => html`<option key=${option}>${text}</option>`)}</select>`;
}

/** Name and value pairs: [[name, value]]. A value of null is left out. */
export const Facts = ({ entries }) => html`<dl class="facts">${entries.filter(entry => entry && entry[1] !== null && entry[1] !== undefined)
  .map(([name, value]) => html`<dt key=${`${name} name`}>${name}</dt><dd key=${name}>${value}</dd>`)}</dl>`;

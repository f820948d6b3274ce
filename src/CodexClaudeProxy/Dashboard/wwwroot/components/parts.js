// The small parts that places are made of.
import { h, uid, fill } from '../lib/dom.js';
import { computed, effect, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from './icons.js';
import { toast } from './toast.js';

/** button({ icon: 'plus', kind: 'primary', onclick }, 'Add'). An onclick that returns a promise keeps it busy meanwhile. */
export function button({ icon: name, kind = '', onclick, ...rest }, ...children) {
  const busy = signal(false);
  const run = async event => {
    if (busy.peek()) return;
    const running = onclick?.(event);
    if (!(running instanceof Promise)) return;
    busy.set(true);
    try { await running; } finally { busy.set(false); }
  };
  return h('button', { type: 'button', class: `button ${kind}`, ariaBusy: () => (busy() ? 'true' : null), onclick: run, ...rest }, name && icon(name), ...children);
}

/** A button that is only a picture; its name is spoken and shown as a tool tip. */
export const iconButton = ({ name, icon: picture, kind = 'quiet', ...rest }) =>
  button({ icon: picture, kind: `${kind} icon`, ariaLabel: name, title: name, ...rest });

export const pill = (text, kind = '', { live = false, dot = true } = {}) => h('span', { class: `pill ${kind}${live ? ' live' : ''}` }, dot && h('i'), h('span', { class: 'cut' }, text));

export const badge = text => h('span', { class: 'badge' }, text);

/** A titled card. actions stand at the right of its title. */
export function card({ title, actions, footer, class: extra = '', flush = false }, ...children) {
  const id = uid('card');
  return h('section', { class: `card ${extra}`, ariaLabelledby: title ? id : null },
    title && h('header', {}, h('h2', { id }, title), actions),
    flush ? children : h('div', { class: 'body' }, children),
    footer && h('footer', {}, footer));
}

/** What to show where there is nothing yet, with the next step. */
export const empty = ({ icon: name = 'info', title, text, action }) =>
  h('div', { class: 'empty' }, icon(name), h('p', { class: 'head' }, title), text && h('p', {}, text), action);

export const note = (text, kind = '') => h('div', { class: `note ${kind}` }, icon(kind === 'bad' || kind === 'warn' ? 'alert' : 'info'), h('div', {}, text));

export const skeleton = (lines = 3) =>
  h('div', { class: 'stack', ariaBusy: 'true' }, h('span', { class: 'unseen' }, texts.loading),
    Array.from({ length: lines }, (_, i) => h('span', { class: 'skeleton', style: { width: `${92 - (i * 17) % 45}%` } })));

/** Shows a polled value: its content, a quiet word when the program cannot tell it, or that it is on its way. */
export function loaded({ data, error, reload }, content, { lines = 3 } = {}) {
  // Only whether there is something is watched here, so that new values do not build everything again.
  const phase = computed(() => (data() !== null ? 'there' : error() === null ? 'coming' : error().missing ? 'missing' : 'failed'));
  return () => {
    switch (phase()) {
      case 'there': return content(data);
      case 'coming': return skeleton(lines);
      case 'missing': return empty({ title: texts.unavailable.title, text: texts.unavailable.text });
      default: return empty({ icon: 'alert', title: texts.failed, text: () => error()?.message, action: button({ icon: 'refresh', onclick: reload }, texts.actions.retry) });
    }
  };
}

/** Copies a text. `text` may be a function. */
export function copyButton(text, { name = texts.actions.copy, label = null } = {}) {
  const done = signal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? text() : text);
      done.set(true);
      toast(texts.copied);
      setTimeout(() => done.set(false), 1500);
    } catch { toast(texts.notCopied, 'bad'); }
  };
  return h('button', { type: 'button', class: `button small${label ? '' : ' quiet icon'}`, ariaLabel: label ? null : name, title: name, onclick: copy },
    () => icon(done() ? 'check' : 'copy', 14), label);
}

/** Text to be copied. `text` may be a function that reads signals. */
export const codeBlock = (text, { name = texts.actions.copy, wraps = false } = {}) =>
  h('div', { class: `code${wraps ? ' wraps' : ''}` }, h('pre', { tabindex: 0, role: 'group', ariaLabel: name.replace(/^Copy /, '') }, h('code', {}, text)), copyButton(text, { name }));

/** A choice of few, as a radio group: arrows move, one tab stop. options: [[value, text]]; value: a function that reads signals. */
export function segments({ name, options, value, onchange }) {
  const group = h('div', { class: 'segments', role: 'radiogroup', ariaLabel: name, onkeydown: move });
  for (const [id, text] of options) {
    group.append(h('button', {
      type: 'button', role: 'radio', data: { value: id }, ariaChecked: () => String(value() === id), onclick: () => onchange(id),
      tabindex: () => (value() === id || (!options.some(([o]) => o === value()) && id === options[0][0]) ? 0 : -1),
    }, text));
  }
  return group;

  function move(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...group.children];
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    next.focus();
    onchange(next.dataset.value);
  }
}

/** An on-off switch. value: a function that reads signals. */
export const toggle = ({ name, value, onchange, hideName = false, disabled = false }) =>
  h('button', { type: 'button', class: 'switch', role: 'switch', ariaChecked: () => String(!!value()), ariaLabel: hideName ? name : null, disabled, onclick: () => onchange(!value()) },
    h('i'), !hideName && name);

/** A labelled field. `control` is made with the id that the label points to. */
export function field({ label, hint, error }, control) {
  const id = uid('field');
  const about = uid('about');
  return h('div', { class: 'field' }, h('label', { for: id }, label), control(id, about),
    hint && h('span', { class: 'hint', id: about }, hint),
    error && h('span', { class: 'error', role: 'alert' }, error));
}

/** A native choice. options: a function → [[value, text]]. The value survives a change of the options. */
export function select({ id, name, options, value, onchange, small = false, ...rest }) {
  // What can be chosen may be the id of an account, so it is kept here and not in the document, which others may see.
  let shown = [];
  const element = h('select', { id, class: `input${small ? ' small' : ''}`, ariaLabel: name, onchange: () => onchange(shown[element.selectedIndex][0]), ...rest });
  effect(() => {
    const wanted = value() ?? '';
    const list = options();
    shown = wanted && !list.some(([option]) => option === wanted) ? [...list, [wanted, wanted]] : list;
    fill(element, shown.map(([, text]) => h('option', {}, text)));
    element.selectedIndex = shown.findIndex(([option]) => option === wanted);
  });
  return element;
}

/** Name and value pairs. A value of null is left out. */
export const facts = entries => h('dl', { class: 'facts' },
  entries.filter(entry => entry && entry[1] !== null && entry[1] !== undefined).map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));

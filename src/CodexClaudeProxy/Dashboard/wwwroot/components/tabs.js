// Views of one place, one shown at a time: arrows move between the tabs, one tab stop.
import { h, uid } from '../lib/dom.js';

/** views: [[id, text, () => nodes]]; value: a function that reads signals. Only the view that is shown exists. */
export function tabs({ name, views, value, onchange }) {
  const panel = uid('panel');
  const shown = () => views.find(([id]) => id === value()) ?? views[0];
  const list = h('div', { class: 'tabs', role: 'tablist', ariaLabel: name, onkeydown: move }, views.map(([id, text]) => h('button', {
    type: 'button', role: 'tab', id: `${panel}-${id}`, ariaControls: panel, data: { view: id }, onclick: () => onchange(id),
    ariaSelected: () => String(shown()[0] === id), tabindex: () => (shown()[0] === id ? 0 : -1),
  }, text)));
  return h('div', { class: 'stack wide' }, list,
    h('div', { id: panel, role: 'tabpanel', ariaLabelledby: () => `${panel}-${shown()[0]}` }, () => shown()[2]()));

  function move(event) {
    const buttons = [...list.children];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    next.focus();
    onchange(next.dataset.view);
  }
}

// Views of one place, one shown at a time: arrows move between the tabs, one tab stop.
import { html, useRef, useUid } from '../lib/ui.js';

/** views: [[id, text, component]]. Only the view that is shown exists. */
export function Tabs({ name, views, value, onchange }) {
  const panel = useUid('panel');
  const list = useRef(null);
  const [shown, , View] = views.find(([id]) => id === value) ?? views[0];
  const move = event => {
    const at = [...list.current.children].indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: views.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + views.length) % views.length;
    list.current.children[next].focus();
    onchange(views[next][0]);
  };
  return html`<div class="stack wide">
    <div class="tabs" role="tablist" aria-label=${name} onkeydown=${move} ref=${list}>${views.map(([id, text]) => html`
      <button key=${id} type="button" role="tab" id="${panel}-${id}" aria-controls=${panel} data-view=${id} onclick=${() => onchange(id)}
        aria-selected=${String(shown === id)} tabindex=${shown === id ? 0 : -1}>${text}</button>`)}</div>
    <div id=${panel} role="tabpanel" aria-labelledby="${panel}-${shown}"><${View} key=${shown} /></div>
  </div>`;
}

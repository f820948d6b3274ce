// Asks for the access key as often as the program refuses ours.
import { effect, html, untracked, useRef } from '../lib/ui.js';
import { accessKey, needsKey, takeKey } from '../lib/api.js';
import { texts } from '../texts.js';
import { openDialog } from './dialog.js';
import { Button, Field, Note } from './parts.js';

export function watchKey() {
  let open = false;
  effect(() => {
    if (!needsKey.value || open) return;
    open = true;
    untracked(() => ask().then(key => { open = false; takeKey(key); }));
  });
}

function ask() {
  const refused = accessKey() !== null;
  return openDialog({ title: texts.key.title, dismissable: false, content: ({ close }) => html`<${Form} refused=${refused} close=${close} />` });
}

function Form({ refused, close }) {
  const input = useRef(null);
  const send = event => { event.preventDefault(); if (input.current.value) close(input.current.value); };
  return html`<form class="stack" onsubmit=${send}>
    <p class="muted">${texts.key.text}</p>
    ${refused && html`<${Note} kind="bad">${texts.key.wrong}<//>`}
    <${Field} label=${texts.key.label}>${id => html`<input id=${id} ref=${input} class="input" type="password" autocomplete="off" spellcheck=${false} autofocus required />`}<//>
    <div class="row"><${Button} kind="primary push" type="submit">${texts.key.open}<//></div>
  </form>`;
}

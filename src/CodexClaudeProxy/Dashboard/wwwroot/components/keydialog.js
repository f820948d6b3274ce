// Asks for the access key as often as the program refuses ours.
import { h } from '../lib/dom.js';
import { effect, untracked } from '../lib/signal.js';
import { accessKey, needsKey, useKey } from '../lib/api.js';
import { texts } from '../texts.js';
import { openDialog } from './dialog.js';
import { button, field, note } from './parts.js';

export function watchKey() {
  let open = false;
  effect(() => {
    if (!needsKey() || open) return;
    open = true;
    untracked(() => ask().then(key => { open = false; useKey(key); }));
  });
}

function ask() {
  const refused = accessKey() !== null;
  let input;
  return openDialog({
    title: texts.key.title,
    dismissable: false,
    content: close => h('form', { class: 'stack', onsubmit: event => { event.preventDefault(); if (input.value) close(input.value); } },
      h('p', { class: 'muted' }, texts.key.text),
      refused && note(texts.key.wrong, 'bad'),
      field({ label: texts.key.label }, id => (input = h('input', { id, class: 'input', type: 'password', autocomplete: 'off', spellcheck: 'false', autofocus: true, required: true }))),
      h('div', { class: 'row' }, button({ kind: 'primary push', type: 'submit' }, texts.key.open))),
  });
}

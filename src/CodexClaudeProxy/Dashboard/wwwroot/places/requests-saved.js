// Filters under a name, kept in this browser: each is a link that sets the address.
import { html, signal, useSignal } from '../lib/ui.js';
import { prose } from '../lib/identity.js';
import { href, route } from '../lib/router.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { Button, Field, IconButton } from '../components/parts.js';
import { toast } from '../components/toast.js';
import { filterKey, summary } from './requests-filters.js';

const words = texts.requests.saved;
const KEY = 'saved-filters';
const MOST = 30;

/** [{ name, query }], the query as in the address; the order is that of their saving. */
export const saved = signal(read());

// Another tab has saved or removed one.
addEventListener('storage', event => { if (event.key === KEY) saved.value = read(); });

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(entry => typeof entry?.name === 'string' && typeof entry.query === 'string').slice(-MOST) : [];
  } catch { return []; }
}

function keep(entries) {
  saved.value = entries.slice(-MOST);
  try { localStorage.setItem(KEY, JSON.stringify(saved.peek())); } catch { /* then they count until the next reload */ }
}

/** The filters of the address are among them. */
const isSaved = key => saved.value.some(entry => entry.query === key);

export function SavedFilters() {
  if (saved.value.length === 0) return null;
  const here = filterKey(route.value.params);
  return html`<nav class="saved-filters" aria-label=${words.title}>
    <span class="small muted" aria-hidden="true">${words.title}</span>
    <ul>${saved.value.map(({ name, query }) => html`<li key=${name} class="saved-filter">
      <a class="cut" href=${href('requests', new URLSearchParams(query))} aria-current=${query === here ? 'true' : null}>${prose(name)}</a>
      <${IconButton} icon="close" kind="quiet small" name=${words.remove(prose(name))} onclick=${() => remove(name)} />
    </li>`)}</ul>
  </nav>`;
}

function remove(name) {
  keep(saved.peek().filter(entry => entry.name !== name));
  toast(words.removed(prose(name)));
}

export function SaveButton() {
  const key = filterKey(route.value.params);
  return key && !isSaved(key) && html`<${Button} kind="quiet small" icon="plus" onclick=${() => { save(key); }}>${words.save}<//>`;
}

async function save(query) {
  const name = await openDialog({ title: words.save, content: ({ close }) => html`<${NameForm} query=${query} close=${close} />` });
  if (!name) return;
  keep([...saved.peek().filter(entry => entry.name !== name), { name, query }]);
  toast(words.done(prose(name)));
}

function NameForm({ query, close }) {
  const typed = useSignal(summary(query).slice(0, 60));
  const problem = useSignal(null);
  const name = typed.value.trim();
  const submit = event => {
    event.preventDefault();
    if (name) close(name);
    else problem.value = words.missing;
  };
  return html`<form class="stack" onsubmit=${submit}>
    <p class="muted">${words.text}</p>
    <${Field} label=${words.name} error=${problem.value} hint=${saved.value.some(entry => entry.name === name) ? words.replaces : null}>${(id, about) => html`<input id=${id} class="input" maxlength="60" autocomplete="off" autofocus
      placeholder=${words.example} value=${typed.value} aria-describedby=${about} oninput=${event => { typed.value = event.currentTarget.value; }} />`}<//>
    <div class="row end"><${Button} onclick=${() => close()}>${texts.actions.cancel}<//><${Button} kind="primary" type="submit">${texts.actions.save}<//></div>
  </form>`;
}

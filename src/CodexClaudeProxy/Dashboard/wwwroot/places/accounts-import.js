// Accounts out of files of other programs: choose files, see what would become of each entry, confirm.
import { html, useSignal } from '../lib/ui.js';
import { post } from '../lib/api.js';
import { prose, who } from '../lib/identity.js';
import { texts } from '../texts.js';
import { Button, Field, Note } from '../components/parts.js';

const words = texts.accounts.adding.files;
const imported = ['new', 'update'];
/** Where a proxy was named, it is also for accounts whose tokens stay. */
const proxied = [...imported, 'unchanged', 'older'];

/**
 * @param through what all of them go through, whatever the files say, as the program takes it
 * @param done is told the program's answer after an import.
 * @param back the button that leads to the other ways.
 */
export function FileImport({ through, done, back }) {
  const files = useSignal([]);
  const preview = useSignal(null);
  const chosen = useSignal(new Set());
  const error = useSignal(null);

  const isImportable = entry => (through().proxy ? proxied : imported).includes(entry.state);
  const choose = async event => {
    error.value = null;
    preview.value = null;
    try {
      files.value = await Promise.all([...event.target.files].map(async file => ({ name: file.name, base64: await base64Of(file) })));
      if (files.value.length === 0) return;
      preview.value = await answerOf(post('/accounts/import', { dryRun: true, files: files.value, ...through() }));
      chosen.value = new Set(preview.value.entries.filter(isImportable).map(entry => entry.id));
    } catch (e) { error.value = e.message; }
  };
  const take = async () => {
    error.value = null;
    try {
      await done(await post('/accounts/import', { files: files.value, accounts: [...chosen.value], ...through() }));
    } catch (e) { error.value = e.message; }
  };
  const toggle = id => {
    const next = new Set(chosen.value);
    if (!next.delete(id)) next.add(id);
    chosen.value = next;
  };

  return html`
    <p class="muted">${words.explain}</p>
    <${Field} label=${words.field}>${id => html`<input id=${id} type="file" multiple onchange=${choose} />`}<//>
    ${error.value && html`<div role="alert"><${Note} kind="bad">${prose(error.value)}<//></div>`}
    ${preview.value && html`
      <div class="stack" role="status"><p class="strong">${preview.value.message}</p></div>
      <ul class="stack imports">${preview.value.entries.map((entry, at) => html`<${Entry} key=${at} entry=${entry} isImportable=${isImportable(entry)} isChosen=${chosen.value.has(entry.id)} toggle=${toggle} />`)}</ul>
      ${preview.value.note && html`<${Note} kind="warn">${prose(preview.value.note)}<//>`}
      <div class="row end"><${Button} kind="primary" icon="download" disabled=${chosen.value.size === 0} onclick=${take}>${words.action(chosen.value.size)}<//></div>`}
    ${back}`;
}

function Entry({ entry, isImportable, isChosen, toggle }) {
  const name = entry.email ? who(entry.email) : entry.file;
  const about = [words.states[entry.state] ?? entry.state, entry.plan, entry.tool, entry.email ? entry.file : null].filter(Boolean).join(' · ');
  return html`<li data-state=${entry.state}>
    ${isImportable
      ? html`<label class="row"><input type="checkbox" checked=${isChosen} onchange=${() => toggle(entry.id)} /><span class="strong">${name}</span></label>`
      : html`<span class="strong">${name}</span>`}
    <div class="small muted">${about}</div>
    ${entry.reason && html`<div class="small">${prose(entry.reason)}</div>`}</li>`;
}

/** A preview in which nothing can be imported is an answer, too. */
async function answerOf(asked) {
  try { return await asked; } catch (e) {
    if (e.body?.entries) return e.body;
    throw e;
  }
}

const base64Of = file => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(String(reader.result).split(',')[1]);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

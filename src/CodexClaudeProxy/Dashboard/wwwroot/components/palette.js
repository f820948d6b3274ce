// One field that finds everything by a part of its name: arrows choose, Enter does it.
import { html, useLayoutEffect, useRef, useSignal, useUid } from '../lib/ui.js';
import { texts } from '../texts.js';
import { openDialog } from './dialog.js';
import { Icon } from './icons.js';

const words = texts.palette;

/**
 * @param {() => Array<{ id: string, group: string, icon: string, text: string, also?: string, keys?: string, run: () => void }>} commands
 *   read while it is drawn, so that what comes later appears; `also` is found, too, but not shown; `keys` does the same without the palette.
 */
export const openPalette = commands => openDialog({
  title: words.title, kind: 'box palette', content: ({ close }) => html`<${Palette} commands=${commands()} close=${close} />`,
});

function Palette({ commands, close }) {
  const typed = useSignal('');
  const at = useSignal(0);
  const list = useRef(null);
  const id = useUid('palette');
  const groups = grouped(matching(commands, typed.value));
  const found = groups.flatMap(group => group.rows);
  const chosen = Math.min(at.value, found.length - 1);
  useLayoutEffect(() => { list.current.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); });

  const run = command => { close(); command.run(); };
  const press = event => {
    if (event.key === 'Enter' && found[chosen]) { event.preventDefault(); run(found[chosen]); return; }
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + 8, PageUp: chosen - 8 }[event.key];
    if (to === undefined || found.length === 0) return;
    event.preventDefault();
    at.value = event.key.startsWith('Arrow') ? (to + found.length) % found.length : Math.max(0, Math.min(to, found.length - 1));
  };
  return html`<div class="stack">
    <div class="search"><${Icon} name="search" size=${14} /><input class="input" type="text" role="combobox" aria-expanded="true" aria-autocomplete="list" aria-controls=${id} autofocus autocomplete="off" spellcheck=${false}
      aria-label=${words.search} placeholder=${words.search} aria-activedescendant=${found.length > 0 ? `${id}-${chosen}` : null}
      onkeydown=${press} oninput=${event => { typed.value = event.currentTarget.value; at.value = 0; }} /></div>
    <div class="found" role="listbox" aria-label=${words.title} id=${id} ref=${list}>${groups.map(({ name, rows }) => html`
      <div key=${name} role="group" aria-label=${name}><p class="small faint" aria-hidden="true">${name}</p>${rows.map(command => html`
        <${Command} key=${command.id} ...${{ command, id: `${id}-${found.indexOf(command)}`, isChosen: command === found[chosen] }}
          point=${() => { at.value = found.indexOf(command); }} run=${() => run(command)} />`)}</div>`)}</div>
    <p class="small muted" role="status">${found.length === 0 ? words.nothing : ''}</p>
  </div>`;
}

const Command = ({ command: { icon, text, keys }, id, isChosen, point, run }) => html`<div class="command" role="option" id=${id} aria-selected=${String(isChosen)} onmousemove=${point} onclick=${run}>
  <${Icon} name=${icon} /><span class="cut">${text}</span>${keys && html`<kbd class="push">${keys}</kbd>`}</div>`;

/** Those in which every word occurs; what begins with the text comes first. */
function matching(commands, text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fit = commands.filter(({ text: name, group, also = '' }) => wanted.every(word => `${name} ${group} ${also}`.toLowerCase().includes(word)));
  const first = wanted.length === 0 ? [] : fit.filter(command => command.text.toLowerCase().startsWith(text.trim().toLowerCase()));
  return [...first, ...fit.filter(command => !first.includes(command))];
}

/** In the order in which the groups first occur. */
function grouped(commands) {
  const groups = new Map();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups].map(([name, rows]) => ({ name, rows }));
}

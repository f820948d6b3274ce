// A table of records. Rows keep their elements while the list changes, so a focus or a selection stays where it is.
import { html, memo, useMemo, useRef } from '../lib/ui.js';

/**
 * @param columns [{ title, num, class, open, cell: row → nodes }]; the column with `open: true` carries the button that opens a row.
 * In a table that changes often they are made once: then only the rows that have changed are drawn anew.
 * @param rows `id` names a row, `open` (row) is called when one is chosen, `selected` is the id of the one that is open.
 * @param isNew (row) → the row has just arrived and is marked for a moment.
 */
export function DataTable({ name, columns, rows, id = row => row.id, open = null, openName = null, selected = null, isNew = () => false }) {
  const table = useRef({});
  Object.assign(table.current, { open, openName, isNew });
  return html`<div class="scroll" role="group" aria-label=${name} tabindex="0">
    <table class="table">
      <caption class="unseen">${name}</caption>
      <thead><tr>${columns.map(column => html`<th scope="col" class=${classOf(column)}>${column.title}</th>`)}</tr></thead>
      <tbody>${rows.map(row => html`<${Row} key=${id(row)} row=${row} columns=${columns} table=${table.current} isSelected=${selected !== null && selected === id(row)} />`)}</tbody>
    </table>
  </div>`;
}

const Row = memo(({ row, columns, table, isSelected }) => {
  const fresh = useMemo(() => table.isNew(row), []);
  // The whole row can be clicked; by keyboard it is the button in it.
  const choose = event => { if (!event.target.closest('a, button') && !getSelection().toString()) table.open(row); };
  return html`<tr class=${fresh ? 'new' : null} data-opens=${table.open ? '' : null} onclick=${table.open && choose} aria-selected=${isSelected ? 'true' : null}>
    ${columns.map(column => html`<td class=${classOf(column)}>${column.open && table.open
      ? html`<button type="button" class="open" aria-label=${table.openName?.(row)} onclick=${() => table.open(row)}>${column.cell(row)}</button>`
      : column.cell(row)}</td>`)}
  </tr>`;
}, (before, now) => before.row === now.row && before.columns === now.columns && before.isSelected === now.isSelected);

const classOf = column => [column.num && 'num', column.class].filter(Boolean).join(' ') || null;

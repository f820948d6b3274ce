// A table of records. Rows keep their elements while the list changes, so a focus or a selection stays where it is.
import { html, memo, useMemo, useRef } from '../lib/ui.js';
import { texts } from '../texts.js';

/**
 * @param columns [{ title, num, class, open, cell: row → nodes }]; the column with `open: true` carries the button that opens a row.
 * In a table that changes often they are made once: then only the rows that have changed are drawn anew.
 * A column with an `id` and `sort` (row → a number or a text) can be sorted by.
 * @param rows `id` names a row, `open` (row) is called when one is chosen, `selected` is the id of the one that is open.
 * @param isNew (row) → the row has just arrived and is marked for a moment.
 * @param sorting by which column the rows are in order, whether the other way round, and what to call for another: by, isTurned, onsort(by, isTurned); see `inOrder`
 * @param foot a row below all others, such as their sum
 */
export function DataTable({ name, columns, rows, id = row => row.id, open = null, openName = null, selected = null, isNew = () => false, sorting = null, foot = null }) {
  const table = useRef({});
  Object.assign(table.current, { open, openName, isNew });
  return html`<div class="scroll" role="group" aria-label=${name} tabindex="0">
    <table class="table">
      <caption class="unseen">${name}</caption>
      <thead><tr>${columns.map(column => html`<th scope="col" class=${classOf(column)} aria-sort=${orderOf(column, sorting)}>${sorting && column.sort ? html`<${SortButton} column=${column} sorting=${sorting} />` : column.title}</th>`)}</tr></thead>
      <tbody>${rows.map(row => html`<${Row} key=${id(row)} row=${row} columns=${columns} table=${table.current} isSelected=${selected !== null && selected === id(row)} />`)}</tbody>
      ${foot && html`<tfoot><tr>${columns.map((column, i) => (i === 0
        ? html`<th scope="row" class=${classOf(column)}>${column.cell(foot)}</th>`
        : html`<td class=${classOf(column)}>${column.cell(foot)}</td>`))}</tr></tfoot>`}
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

/** Numbers begin with the highest one, names with A. */
const isDescending = (column, isTurned) => !!column.num !== isTurned;

const orderOf = (column, sorting) => (sorting?.by !== column.id || !column.sort ? null : isDescending(column, sorting.isTurned) ? 'descending' : 'ascending');

function SortButton({ column, sorting: { by, isTurned, onsort } }) {
  const isChosen = by === column.id;
  return html`<button type="button" class="sort" title=${texts.table.sort(column.title)} onclick=${() => onsort(column.id, isChosen && !isTurned)}>${column.title}<span class="arrow" aria-hidden="true">${
    isDescending(column, isChosen && isTurned) ? '↓' : '↑'}</span></button>`;
}

/** The rows in the order of a column. What is not known comes last, whichever way. */
export function inOrder(rows, column, isTurned) {
  const sign = isDescending(column, isTurned) ? -1 : 1;
  const known = rows.map(row => ({ row, value: column.sort(row) })).filter(({ value }) => value !== null && value !== undefined);
  const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b) : a - b);
  const unknown = rows.filter(row => (column.sort(row) ?? null) === null);
  return [...known.sort((a, b) => sign * compare(a.value, b.value)).map(({ row }) => row), ...unknown];
}

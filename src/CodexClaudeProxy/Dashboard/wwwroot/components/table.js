// A table of records. Rows keep their elements while the list changes, so a focus or a selection stays where it is.
import { h, keyed } from '../lib/dom.js';

/**
 * @param columns [{ title, num, class, open, cell: row → nodes }]; the column with `open: true` carries the button that opens a row.
 * @param rows a function that reads signals; `id` names a row, `open` (row) is called when one is chosen.
 * @param isNew (row) → the row has just arrived and is marked for a moment.
 */
export function dataTable({ name, columns, rows, id = row => row.id, open = null, openName = null, selected = () => null, isNew = () => false }) {
  const body = h('tbody');
  keyed(body, rows, id, makeRow);
  return h('div', { class: 'scroll', role: 'group', ariaLabel: name, tabindex: 0 },
    h('table', { class: 'table' },
      h('caption', { class: 'unseen' }, name),
      h('thead', {}, h('tr', {}, columns.map(column => h('th', { scope: 'col', class: [column.num && 'num', column.class].filter(Boolean).join(' ') || null }, column.title)))),
      body));

  function makeRow(row) {
    const first = row.peek();
    // The whole row can be clicked; by keyboard it is the button in it.
    const choose = event => { if (!event.target.closest('a, button') && !getSelection().toString()) open(row.peek()); };
    return h('tr', {
      class: isNew(first) ? 'new' : null, data: open ? { opens: '' } : {}, onclick: open ? choose : () => {},
      ariaSelected: open ? () => (selected() === id(row()) ? 'true' : null) : null,
    }, columns.map(column => h('td', { class: [column.num && 'num', column.class].filter(Boolean).join(' ') || null },
      column.open && open
        ? h('button', { type: 'button', class: 'open', ariaLabel: openName ? () => openName(row()) : null, onclick: () => open(row.peek()) }, () => column.cell(row()))
        : () => column.cell(row()))));
  }
}

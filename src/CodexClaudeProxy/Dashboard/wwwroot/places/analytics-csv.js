// Figures as a file for a spreadsheet.

/** Text that a spreadsheet would take for a formula has an apostrophe in front. */
function cell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const csvOf = (heads, rows) => [heads, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('');

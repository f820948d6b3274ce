// An estimate of the cost as a figure that tells what it is made of.
import { html } from '../lib/ui.js';
import { day, short, usd } from '../lib/format.js';
import { texts } from '../texts.js';
import { Hinted } from '../components/hint.js';
import { Equation } from './overview-cost.js';

const words = texts.analytics;
const parts = texts.overview.glance.cost;

/** @param {{ data: any, by: string, row: any }} properties row: sums of a group, or of all with isTotal; data: the answer it is from */
export function CostFigure({ data, by, row }) {
  const { cost } = row;
  if (!cost?.parts) return usd(cost?.usd);
  return html`<${Hinted} hint=${() => equation(data, by, row)}>${usd(cost.usd)}<//>`;
}

/** Of all, and of a single model, the prices are known; of any other group, what its parts cost. */
function equation(data, by, row) {
  if (row.isTotal) return html`<${Equation} data=${data} title=${words.equation} />`;
  const lines = by === 'model' ? data.costLines.filter(line => line.model === row.key) : [];
  return lines.length > 0
    ? html`<${Equation} data=${{ ...data, totals: row, costLines: lines }} title=${words.equation} />`
    : html`<${Parts} row=${row} asOf=${data.pricesAsOf} />`;
}

const Parts = ({ row, asOf }) => html`
  <p class="strong">${words.equation(usd(row.cost.usd))}</p>
  <ul>${['fresh', 'cached', 'written', 'output'].filter(part => row[part] > 0).map(part => html`<li key=${part}>
    <span>${short(row[part])} ${parts.parts[part]}</span><span class="strong">${usd(row.cost.parts[part])}</span></li>`)}</ul>
  ${row.cost.unpricedTokens > 0 && html`<p class="warn">${parts.unpriced(short(row.cost.unpricedTokens))}</p>`}
  <p class="muted">${parts.explain(day(asOf))}</p>`;

// What the estimate of a cost is made of: tokens times prices, model by model.
import { html } from '../lib/ui.js';
import { day, short, usd } from '../lib/format.js';
import { texts } from '../texts.js';

const words = texts.overview.glance.cost;
const MOST_LINES = 6;

/** data: GET /api/stats with its costLines; title: what is estimated, with the sum. */
export function Equation({ data, title = words.equation }) {
  const { totals: { cost }, costLines, pricesAsOf } = data;
  const priced = costLines.filter(line => line.price);
  const shown = priced.slice(0, MOST_LINES);
  const others = priced.slice(MOST_LINES);
  return html`
    <p class="strong">${title(usd(cost.usd))}</p>
    <ul>${shown.map(line => html`<li key=${`${line.model} ${line.longContext} ${line.price.from}`}>
      <span><span class="strong">${line.model}</span>${line.longContext && ` (${words.longContext})`}</span><span class="strong">${usd(line.usd)}</span>
      <span class="muted">${terms(line)}</span></li>`)}
      ${others.length > 0 && html`<li key="others"><span class="strong">${words.others(others.length)}</span><span class="strong">${usd(others.reduce((sum, line) => sum + line.usd, 0))}</span></li>`}</ul>
    ${cost.unpricedTokens > 0 && html`<p class="warn">${words.unpriced(short(cost.unpricedTokens))}</p>`}
    <p class="muted">${words.explain(day(pricesAsOf))}</p>`;
}

/** 1.2M uncached × $2.00 + 8.1M cached × $0.20 + … */
const terms = ({ price, ...line }) => [['fresh', 'input'], ['cached', 'cachedInput'], ['written', 'cacheWrite'], ['output', 'output']]
  .filter(([tokens]) => line[tokens] > 0)
  .map(([tokens, of], i) => html`${i > 0 && ' + '}<span class="nowrap">${words.term(short(line[tokens]), words.parts[tokens], usd(price[of]))}</span>`);

// How a context grows from turn to turn: a bar for each, what came from the cache below and what did not above, under the line of what fits.
import { html, useMemo, useSignal } from '../lib/ui.js';

const WIDTH = 1000;
const HEIGHT = 100;
/** More than a few bars fill the width; a few do not become blocks. */
const WIDEST = WIDTH / 24;

/**
 * @param turns [{ id, input, cached, window, mark, bad }]: tokens, window null where it is not known; mark a sentence for a mark at the foot, or null; bad the mark is a failure
 * @param name a sentence for all of it; read (turn) → what is told of the one under the pointer; onopen (turn) is called when it is clicked
 */
export function Growth({ turns, name, read, hint, onopen }) {
  const at = useSignal(null);
  const picture = useMemo(() => paths(turns), [turns]);
  const { step } = picture;
  const find = ({ currentTarget, clientX }) => {
    const box = currentTarget.getBoundingClientRect();
    return Math.floor(((clientX - box.left) / box.width) * (WIDTH / step));
  };
  const turn = turns[at.value];
  return html`<figure class="growth">
    <figcaption class="small muted cut">${turn ? read(turn) : hint}</figcaption>
    <div class="plot" role="img" aria-label=${name} onpointermove=${event => { at.value = find(event); }} onpointerleave=${() => { at.value = null; }}
      onclick=${event => { const chosen = turns[find(event)]; if (chosen) onopen(chosen); }}>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        ${turn && html`<rect class="pointed" x=${at.value * step} y="0" width=${step} height=${HEIGHT} />`}
        <path class="fresh" d=${picture.fresh} /><path class="cached" d=${picture.cached} />
        <path class="limit" d=${picture.limit} />
      </svg>
    </div>
    <div class="marks" aria-hidden="true">${turns.map((each, i) => each.mark && html`<i key=${each.id} data-bad=${each.bad ? '' : null} title=${each.mark} style=${{ left: `${(((i + 0.5) * step) / WIDTH * 100).toFixed(2)}%` }}></i>`)}</div>
  </figure>`;
}

function paths(turns) {
  const step = Math.min(WIDEST, WIDTH / Math.max(1, turns.length));
  const highest = Math.max(1, ...turns.map(turn => Math.max(turn.window ?? 0, turn.input ?? 0)));
  const y = tokens => (HEIGHT - (tokens / highest) * (HEIGHT - 4)).toFixed(1);
  const gap = step > 4 ? step * 0.15 : 0;
  const bar = (i, from, to) => (to > from ? `M${(i * step + gap / 2).toFixed(1)} ${y(from)}V${y(to)}h${(step - gap).toFixed(1)}V${y(from)}Z` : '');
  return {
    step,
    cached: turns.map((turn, i) => bar(i, 0, turn.cached ?? 0)).join(''),
    fresh: turns.map((turn, i) => bar(i, turn.cached ?? 0, turn.input ?? 0)).join(''),
    limit: limit(turns, step, y),
  };
}

/** A line with a step where another model with another window serves. */
function limit(turns, step, y) {
  let before = null;
  return turns.map(({ window }, i) => {
    const from = (i * step).toFixed(1);
    const start = window === null ? '' : before === null ? `M${from} ${y(window)}` : window === before ? '' : `V${y(window)}`;
    before = window;
    return window === null ? '' : `${start}H${((i + 1) * step).toFixed(1)}`;
  }).join('');
}

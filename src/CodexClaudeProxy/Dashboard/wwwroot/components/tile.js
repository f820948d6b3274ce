// One figure with what it means, how it went, and a way to what is behind it.
import { html, useEffect, useSignal, useUid } from '../lib/ui.js';

/**
 * @param to the address of what is behind it: the whole tile is the link; told a sentence below the figure; picture what stands at its foot
 * @param hint what the figure is made of: shown while the pointer or the focus is on the tile, gone with Escape
 */
export function Tile({ title, to, value, told, picture, hint, action, class: extra = '', ...rest }) {
  const id = useUid('hint');
  const isOpen = useSignal(false);
  const open = () => { isOpen.value = true; };
  const close = () => { isOpen.value = false; };
  useEffect(() => {
    const onkey = event => { if (event.key === 'Escape') close(); };
    if (hint) addEventListener('keydown', onkey);
    return () => removeEventListener('keydown', onkey);
  }, [!!hint]);
  const tile = html`<section class="tile ${extra}" ...${rest}>
    <h2><a href=${to} aria-describedby=${hint ? id : null}>${title}</a></h2>
    <p class="value cut">${value}</p>
    <div class="told">${told}</div>
    ${action}${picture}
  </section>`;
  // The hint is inside of what the pointer may not leave, though it lies below the tile.
  return hint ? html`<div class="hinted" onmouseenter=${open} onmouseleave=${close} onfocusin=${open} onfocusout=${close}>
    ${tile}<div class="hint" id=${id} role="tooltip" hidden=${!isOpen.value}>${hint}</div></div>` : tile;
}

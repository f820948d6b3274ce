// One figure with what it means, how it went, and a way to what is behind it.
import { html } from '../lib/ui.js';

/** @param to the address of what is behind it: the whole tile is the link; told a sentence below the figure; picture what stands at its foot */
export const Tile = ({ title, to, value, told, picture, action, class: extra = '', ...rest }) => html`<section class="tile ${extra}" ...${rest}>
  <h2><a href=${to}>${title}</a></h2>
  <p class="value cut">${value}</p>
  <div class="told">${told}</div>
  ${action}${picture}
</section>`;

// Actions behind one button: arrows move, Escape closes, and the focus goes back.
import { html, useLayoutEffect, useRef, useSignal } from '../lib/ui.js';
import { Icon } from './icons.js';
import { IconButton } from './parts.js';

/** items: [{ id, icon, text, onclick, danger }]; what is false is left out. */
export function Menu({ name, items }) {
  const isOpen = useSignal(false);
  const host = useRef(null);
  return html`<span class="menu" ref=${host}>
    <${IconButton} icon="more" name=${name} aria-haspopup="menu" aria-expanded=${String(isOpen.value)} onclick=${() => { isOpen.value = !isOpen.peek(); }} />
    ${isOpen.value && html`<${List} name=${name} items=${items.filter(Boolean)} host=${host} close=${() => { isOpen.value = false; }} />`}
  </span>`;
}

function List({ name, items, host, close }) {
  const list = useRef(null);
  useLayoutEffect(() => {
    const { current: popover } = list;
    popover.showPopover();
    place(popover, host.current.getBoundingClientRect());
    popover.firstElementChild.focus();
    const elsewhere = event => { if (!host.current.contains(event.target)) close(); };
    addEventListener('pointerdown', elsewhere, true);
    addEventListener('scroll', close, true);
    addEventListener('resize', close);
    return () => {
      removeEventListener('pointerdown', elsewhere, true);
      removeEventListener('scroll', close, true);
      removeEventListener('resize', close);
    };
  }, []);

  const end = () => { close(); host.current.querySelector('button').focus(); };
  const choose = item => { end(); item.onclick(); };
  const move = event => {
    const buttons = [...list.current.children];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === 'Tab') end();
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); end(); }
    if (to === undefined) return;
    event.preventDefault();
    buttons[(to + buttons.length) % buttons.length].focus();
  };
  return html`<div class="menu-list" role="menu" aria-label=${name} popover="manual" ref=${list} onkeydown=${move}>${items.map(item => html`
    <button key=${item.id} type="button" role="menuitem" tabindex="-1" class=${item.danger ? 'danger' : null} onclick=${() => choose(item)}><${Icon} name=${item.icon} />${item.text}</button>`)}</div>`;
}

/** Below the button, or above it where there is no room. */
function place(popover, { bottom, top, right }) {
  const { offsetHeight: height, offsetWidth: width } = popover;
  popover.style.left = `${Math.max(8, right - width)}px`;
  popover.style.top = `${bottom + height + 12 > innerHeight ? Math.max(8, top - height - 4) : bottom + 4}px`;
}

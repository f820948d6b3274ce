// A figure that tells what it is made of: while the pointer is on it, while it has the focus, after a tap. Escape takes it away.
import { html, useLayoutEffect, useRef, useSignal, useUid } from '../lib/ui.js';

/** How far the hint stays from the edges of the screen. */
const EDGE = 8;

/** @param hint () → what is told; asked only while it is shown */
export function Hinted({ hint, children }) {
  const id = useUid('hint');
  const isOpen = useSignal(false);
  const host = useRef(null);
  const isHeld = useRef(false);
  const open = () => { isOpen.value = true; };
  const close = () => { isOpen.value = isHeld.current = false; };
  // Whoever has tapped or clicked holds it open: with a finger the pointer may be anywhere.
  const hold = () => { isHeld.current = true; open(); };
  const leave = () => { if (!isHeld.current) close(); };
  // In the document the hint is inside of what the pointer may not leave, though it is shown above all else.
  return html`<span class="hinted-figure" ref=${host} onmouseenter=${open} onmouseleave=${leave} onfocusin=${open} onfocusout=${close}>
    <button type="button" class="figure-button" aria-describedby=${isOpen.value ? id : null} onclick=${hold}>${children}</button>
    ${isOpen.value && html`<${Floating} id=${id} host=${host} close=${close}>${hint()}<//>`}
  </span>`;
}

function Floating({ id, host, close, children }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const { current: popover } = box;
    popover.showPopover();
    const isNumber = ['end', 'right'].includes(getComputedStyle(host.current).textAlign);
    const follow = () => place(popover, host.current.getBoundingClientRect(), isNumber);
    follow();
    const onkey = event => { if (event.key === 'Escape') close(); };
    const elsewhere = event => { if (!host.current.contains(event.target)) close(); };
    addEventListener('keydown', onkey);
    addEventListener('pointerdown', elsewhere, true);
    addEventListener('scroll', follow, true);
    addEventListener('resize', follow);
    return () => {
      removeEventListener('keydown', onkey);
      removeEventListener('pointerdown', elsewhere, true);
      removeEventListener('scroll', follow, true);
      removeEventListener('resize', follow);
    };
  }, []);
  return html`<div class="hint" id=${id} role="tooltip" popover="manual" ref=${box}>${children}</div>`;
}

/** Right below the figure, so that the pointer can get there, or above it where there is no room. In line with where the figure begins, or ends in a column of numbers. */
function place(popover, { top, bottom, left, right }, isNumber) {
  const { offsetWidth: width, offsetHeight: height } = popover;
  popover.style.left = `${Math.max(EDGE, Math.min(isNumber ? right - width : left, innerWidth - width - EDGE))}px`;
  popover.style.top = `${bottom + height + EDGE > innerHeight ? Math.max(EDGE, top - height) : bottom}px`;
}

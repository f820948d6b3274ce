// The one door to what the page is built with: Preact draws, htm writes the templates, signals are the values that tell who reads them.
import { Component, h } from '../vendor/preact/preact.js';
import { useLayoutEffect, useMemo } from '../vendor/preact/hooks.js';
import htm from '../vendor/htm/htm.js';

export { render } from '../vendor/preact/preact.js';
export { useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef } from '../vendor/preact/hooks.js';
export { computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from '../vendor/signals/signals.js';

/** html`<p class="muted">${text}</p>`, html`<${Button} onclick=${f}>Add<//>`. Text stays text, whatever is in it. */
export const html = htm.bind(h);

let counter = 0;

/** An id that is unique in the page, for labels. */
export const uid = (prefix = 'x') => `${prefix}-${++counter}`;

/** The same for a component, which keeps it. */
export const useUid = prefix => useMemo(() => uid(prefix), []);

/** What runs beside a component, such as a poll or a stream: made once, started with the component and stopped with it. `make` returns { start() → stop }. */
export function useRunning(make) {
  const running = useMemo(make, []);
  useLayoutEffect(() => running.start(), []);
  return running;
}

/** Draws what a function returns, and draws it anew by itself: so what ticks every second does not take along all that is around it. */
export const Live = ({ children }) => children();

/** A component that is drawn anew only when `isSame(before, now)` denies it of its properties, or when a signal changes that it reads. */
export function memo(Inner, isSame) {
  return class extends Component {
    shouldComponentUpdate(next) { return !isSame(this.props, next); }

    render(properties) { return h(Inner, properties); }
  };
}

// The look of what the first paint does without: a place waits for it, so that it is never seen without.
const asked = new Map();

/** `await style('requests')` in the module of a place. */
export function style(name) {
  if (!asked.has(name)) {
    asked.set(name, new Promise((/** @type {(value?: unknown) => void} */ done) => {
      const link = document.createElement('link');
      link.rel = 'stylesheet';
      link.href = new URL(`../style/${name}.css`, import.meta.url).href;
      // Without it the place is plain, but there.
      link.onload = link.onerror = () => done();
      document.head.append(link);
    }));
  }
  return asked.get(name);
}

// Elements from data, never from markup: text stays text, whatever is in it.
import { effect, onCleanup, root, signal, untracked } from './signal.js';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * h('button', { class: 'x', onclick: f, ariaLabel: 'Close', disabled: () => busy() }, 'text', node, () => signal())
 * A function as a property or child is bound: it runs again when a signal it read changes. null and false leave out.
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  assign(element, properties);
  append(element, children);
  return element;
}

/** The same for SVG. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
  append(element, children);
  return element;
}

export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === 'function') bindChild(parent, child);
    else parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

function assign(element, properties) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (typeof value === 'function') effect(() => set(element, name, value()));
    else set(element, name, value);
  }
}

function set(element, name, value) {
  if (name === 'class') element.className = value ?? '';
  else if (name === 'style') for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
  else if (name === 'data') Object.assign(element.dataset, value);
  else if (name === 'value' || name === 'checked' || name === 'indeterminate') element[name] = value ?? '';
  else {
    const attribute = name.startsWith('aria') && name !== 'aria' ? `aria-${name.slice(4).toLowerCase()}` : name.toLowerCase();
    const isState = attribute.startsWith('aria-');
    if (value === null || value === undefined || (value === false && !isState)) element.removeAttribute(attribute);
    else element.setAttribute(attribute, value === true && !isState ? '' : String(value));
  }
}

/** The nodes between two empty text nodes are replaced at each change. */
function bindChild(parent, make) {
  const start = document.createTextNode('');
  const end = document.createTextNode('');
  parent.append(start, end);
  effect(() => {
    const holder = document.createDocumentFragment();
    append(holder, [make()]);
    // A change of text alone keeps its node, so that a screen reader's place and a selection survive.
    const only = start.nextSibling;
    if (holder.childNodes.length === 1 && holder.firstChild.nodeType === Node.TEXT_NODE && only !== end
        && only.nextSibling === end && only.nodeType === Node.TEXT_NODE) {
      if (only.data !== holder.firstChild.data) only.data = holder.firstChild.data;
      return;
    }
    while (start.nextSibling !== end) start.nextSibling.remove();
    end.before(holder);
  });
}

/**
 * Keeps the children of an element in step with a list: an item with a known key keeps its element, so focus and animations survive.
 * @param make (read: () => item) → element, where read is a signal of the item as it is now.
 */
export function keyed(element, items, key, make) {
  const known = new Map();
  onCleanup(() => known.forEach(entry => entry.end()));
  effect(() => {
    const wanted = items();
    const seen = new Set();
    let next = element.firstChild;
    for (const item of wanted) {
      const id = key(item);
      seen.add(id);
      let entry = known.get(id);
      if (entry) entry.item.set(item);
      else {
        const state = signal(item);
        // Outside of this effect: a row outlives the next change of the list.
        const { value, end } = untracked(() => root(() => make(state)));
        entry = { item: state, node: value, end };
        known.set(id, entry);
      }
      if (entry.node === next) next = next.nextSibling;
      else element.insertBefore(entry.node, next);
    }
    for (const [id, entry] of known) {
      if (seen.has(id)) continue;
      entry.end();
      entry.node.remove();
      known.delete(id);
    }
  });
}

let counter = 0;

/** An id that is unique in the page, for labels. */
export const uid = (prefix = 'x') => `${prefix}-${++counter}`;

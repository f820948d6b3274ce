// Values that tell who reads them when they change. An effect belongs to the effect or root it was made in and ends with it.

let current = null;

/** A value: read with s(), written with s.set(v) or s.update(f). Reading inside an effect subscribes that effect. */
export function signal(value) {
  const readers = new Set();
  const read = () => {
    if (current) { readers.add(current); current.sources.add(readers); }
    return value;
  };
  read.peek = () => value;
  read.set = next => {
    if (Object.is(next, value)) return;
    value = next;
    for (const reader of [...readers]) reader.run();
  };
  read.update = change => read.set(change(value));
  return read;
}

/** A value made of others. */
export function computed(make) {
  const result = signal(undefined);
  effect(() => result.set(make()));
  return result;
}

/** Runs now, and again whenever a signal it read has changed. */
export function effect(body) {
  const node = new Owner(body);
  node.run();
  return () => node.end();
}

/** Runs body outside of any effect; what it makes lives until the returned function is called. */
export function root(body) {
  const node = new Owner(null);
  const value = node.within(() => body());
  return { value, end: () => node.end() };
}

/** Called when the effect or root this is called in ends or runs again. */
export function onCleanup(undo) {
  current?.undos.push(undo);
}

/** Reads signals without subscribing. */
export function untracked(body) {
  const before = current;
  current = null;
  try { return body(); } finally { current = before; }
}

class Owner {
  constructor(body) {
    this.body = body;
    this.sources = new Set();
    this.undos = [];
    this.ended = false;
    if (current) { const parent = current; parent.undos.push(() => this.end()); }
  }

  run() {
    if (this.ended || this.running) return;
    this.clear();
    this.running = true;
    try { this.within(this.body); } finally { this.running = false; }
  }

  within(body) {
    const before = current;
    current = this;
    try { return body(); } finally { current = before; }
  }

  clear() {
    for (const readers of this.sources) readers.delete(this);
    this.sources.clear();
    for (const undo of this.undos.splice(0).reverse()) undo();
  }

  end() {
    this.ended = true;
    this.clear();
  }
}

// What lib/ui.js hands on, in types: so the check needs no package beside TypeScript, and what is vendored is not checked.
export interface Signal<T> { value: T; peek(): T }
export type Template = any;

export const html: (strings: TemplateStringsArray, ...values: any[]) => Template;
export const render: (drawn: Template, parent: Element) => void;
export const Live: (properties: { children: () => any }) => Template;
export const memo: <P>(component: (properties: P) => Template, isSame: (before: P, now: P) => boolean) => (properties: P) => Template;
export const uid: (prefix?: string) => string;
export const useUid: (prefix?: string) => string;
export const useRunning: <R extends { start(): void | (() => void) }>(make: () => R) => R;

export const signal: <T>(value: T) => Signal<T>;
export const computed: <T>(make: () => T) => Signal<T>;
export const effect: (body: () => void | (() => void)) => () => void;
export const untracked: <T>(body: () => T) => T;

export const useSignal: typeof signal;
export const useComputed: typeof computed;
export const useSignalEffect: (body: () => void | (() => void)) => void;
export const useRef: <T = any>(value: T) => { current: any };
export const useMemo: <T>(make: () => T, inputs: unknown[]) => T;
export const useEffect: (body: () => void | (() => void), inputs?: unknown[]) => void;
export const useLayoutEffect: typeof useEffect;
export const useErrorBoundary: (tell?: (failure: Error) => void) => [Error | undefined, () => void];

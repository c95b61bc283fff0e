/**
 * As much of a page as pictures need to be drawn as text; imported before anything of `src/app`. A whole one (jsdom) takes longer to
 * start than a thousand mutants to meet.
 */
import { createHash } from 'node:crypto';

const nothing = (): void => undefined;
const kept = new Map<string, string>();
const localStorage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};
const matchMedia = () => ({ matches: false, addEventListener: nothing, removeEventListener: nothing });
const document = {
  documentElement: { dataset: {}, style: {}, lang: 'en' },
  addEventListener: nothing,
  removeEventListener: nothing,
};
const location = new URL('https://lab.example/');
const page = { document, localStorage, location, matchMedia, navigator: { language: 'en', onLine: true } };
for (const [name, value] of Object.entries({ ...page, window: globalThis }))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
Object.defineProperty(globalThis, 'addEventListener', { value: nothing, configurable: true });

// The same digests on this thread: the platform's own are handed to another one, a column each.
Object.defineProperty(crypto.subtle, 'digest', {
  value: (_: 'SHA-256', bytes: Uint8Array) =>
    Promise.resolve(Uint8Array.from(createHash('sha256').update(bytes).digest()).buffer),
});

// The same turn of the event loop, without the millisecond that a timer waits here at least: work gives way often.
const timer = globalThis.setTimeout;
const immediate = (work: () => void, ms?: number, ...given: never[]): unknown =>
  ms === 0 && given.length === 0 ? setImmediate(work) : timer(work, ms, ...given);
Object.defineProperty(globalThis, 'setTimeout', { value: immediate, configurable: true, writable: true });

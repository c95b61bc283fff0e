/**
 * Build step: what a first visit fetches, in four files. A file that several parts of the page share would else be one of its own, fifty in all: a browser
 * asks for six at a time, and each costs it milliseconds of processor time while the first training waits for it.
 */
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Parts in the order in which they are needed, each with the module that it begins with; a module belongs to the first that imports it. */
const PARTS = [
  { name: 'entry', root: file('index.html') },
  { name: 'client', root: file('src/app/begin.ts') },
  { name: 'page', root: file('src/app/start.tsx') },
  { name: 'pictures', root: file('src/app/pages/lab/Inspect.tsx') },
] as const;

/** The module that the bundler names a file by itself: what is in it must run when that file does. */
const ENTRY = file('src/app/main.tsx');

const partOf = new Map<string, string>();

/** Files of the page, those that are needed first before those that may share their modules. */
export const firstFiles = PARTS.map(({ name }, n) => ({
  name,
  test: (id: string): boolean => partOf.get(id) === name,
  priority: PARTS.length - n,
  // What the gallery alone makes of a library stays its own.
  minShareCount: 2,
}));

export const firstParts: Plugin = {
  name: 'first-parts',
  apply: 'build',
  buildEnd() {
    partOf.clear();
    const seen = new Set<string>();
    for (const { name, root } of PARTS) {
      if (!this.getModuleInfo(root)) this.error(`No module ${root} is built; the first files begin with it.`);
      const waiting: string[] = [root];
      for (const id of waiting) {
        if (seen.has(id)) continue;
        seen.add(id);
        if (id !== ENTRY && id !== PARTS[0].root) partOf.set(id, name);
        waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    }
  },
};

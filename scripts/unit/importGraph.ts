/**
 * Which files import which: what a change can reach. Read by one expression, since the compiler takes longer to load than the
 * tests of a small change take to run, and without imports of types, which `tests/support/imports.ts` counts.
 */
import { dirname, join } from 'node:path/posix';

/** Imports that exist when the code runs, and files that are read; imports of types alone change no test's outcome. */
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'"`;]*?\bfrom\s*)?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]|new URL\(\s*['"](\.[^'"]+)['"]/g;

/** Relative addresses that a text imports or reads. */
export function importsOf(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, one, two, three]) => one ?? two ?? three ?? []);
}

const ENDINGS = ['', '.ts', '.tsx', '.mjs', '/index.ts'];

/** The file among `known` that `address` means in a file of `folder`, or null. */
function resolve(known: ReadonlySet<string>, folder: string, address: string): string | null {
  // What follows a question mark tells the bundler how to load it.
  const path = join(folder, address.split('?', 1)[0] ?? '');
  return ENDINGS.map((ending) => path + ending).find((one) => known.has(one)) ?? null;
}

/** For every file, the files that import it. */
export type Importers = ReadonlyMap<string, readonly string[]>;

/** @param files paths from the project's folder @param read gives a file's text */
export function importersOf(files: readonly string[], read: (file: string) => string): Importers {
  const known = new Set(files);
  const found = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const file of files) {
    if (!/\.(tsx?|mjs)$/.test(file)) continue;
    for (const address of importsOf(read(file))) {
      const target = resolve(known, dirname(file), address);
      if (target !== null) found.get(target)?.push(file);
    }
  }
  return found;
}

/** Every file that a change of `changed` reaches, with how many imports away it is. */
export function reached(importers: Importers, changed: readonly string[]): Map<string, number> {
  const distance = new Map(changed.filter((file) => importers.has(file)).map((file) => [file, 0]));
  for (const [file, steps] of distance)
    for (const importer of importers.get(file) ?? [])
      if (!distance.has(importer)) distance.set(importer, steps + 1);
  return distance;
}

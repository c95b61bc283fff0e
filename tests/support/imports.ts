/** Which file imports what, read from the text of the files: types, re-exports and `import()` count. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { preProcessFile } from 'typescript';

/** TypeScript files of a folder, at any depth, as paths from where the tests run. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

export const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file);

/** What a file imports, as written there. */
const specifiers = (file: string): string[] =>
  preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName);

/** The packages that a file imports (`@tensorflow/tfjs-core`, `zustand`), without Node's own modules. */
export function importedPackages(file: string): string[] {
  return specifiers(file)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/** The file that a relative import leads to, of those known. */
export function resolveImport(from: string, name: string, known: ReadonlySet<string>): string | undefined {
  if (!name.startsWith('.')) return undefined;
  const base = join(dirname(from), name);
  return [base, `${base}.ts`, `${base}.tsx`, join(base, 'index.ts')].find((path) => known.has(path));
}

/** Of every given file, which others of them it imports. */
export function importGraph(files: readonly string[]): Map<string, string[]> {
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const targets = specifiers(file).flatMap((name) => resolveImport(file, name, known) ?? []);
      return [file, [...new Set(targets)]];
    }),
  );
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

/** Source files with what each imports at run time (types vanish and may point in circles). */
function importsOf(folder: string): Map<string, string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => join(folder, name));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const text = readFileSync(file, 'utf8');
      const found = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^'"]*?from\s+'(\.[^']+)'/gm)].map(
        ([, path]) => path!,
      );
      const resolved = found.flatMap((path) => {
        const base = join(dirname(file), path);
        const real = [`${base}.ts`, `${base}.tsx`, join(base, 'index.ts'), base].find((candidate) =>
          known.has(candidate),
        );
        return real ? [real] : [];
      });
      return [file, resolved];
    }),
  );
}

it('no module imports itself by way of others', () => {
  const imports = importsOf('src');
  expect(imports.size).toBeGreaterThan(100);
  const done = new Set<string>();
  const path: string[] = [];
  const circles: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].map((one) => relative('src', one)).join(' → '));
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of imports.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  expect(circles).toEqual([]);
});

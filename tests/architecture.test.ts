/** What holds for the house as a whole: who imports whom and how long files are. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unusedExports } from './support/exports';
import { importGraph, isTest, sourceFiles } from './support/imports';

const source = sourceFiles('src');
const shipped = source.filter((file) => !isTest(file));
const all = [...source, ...['e2e', 'bench', 'scripts', 'tests'].flatMap(sourceFiles)];
const graph = importGraph(shipped);

describe('imports', () => {
  it('point down the house', () => {
    const below: Record<string, string[]> = {
      app: ['workers', 'studies', 'training', 'models', 'engine', 'data'],
      workers: ['training', 'models', 'engine', 'data'],
      studies: ['training', 'models', 'data'],
      training: ['models', 'engine', 'data'],
      models: ['engine', 'data'],
      engine: [],
      data: [],
    };
    const room = (file: string): string => file.split('/')[1] ?? '';
    const upward = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => room(target) !== room(file) && !below[room(file)]?.includes(room(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(upward).toEqual([]);
    expect(Object.keys(below).sort()).toEqual([...new Set(shipped.map(room))].sort());
  });

  it('of a page never lead to another page', () => {
    const page = (file: string): string | undefined => /^src\/app\/pages\/(\w+)\//.exec(file)?.[1];
    const across = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => page(file) && page(target) && page(target) !== page(file))
        .map((target) => `${file} → ${target}`),
    );
    expect(across).toEqual([]);
  });
});

it('events of a run are reduced in one place', () => {
  const reducers = shipped.filter((file) => /case 'procedure-probe'/.test(readFileSync(file, 'utf8')));
  expect(reducers).toEqual(['src/training/reduceRun.ts']);
});

it('every export of src is imported somewhere', () => {
  expect(unusedExports(all, (file) => file.startsWith('src/'))).toEqual([]);
});

it('no file has more than 400 lines', () => {
  const long = all
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 400)
    .map(({ file, lines }) => `${file}: ${lines}`);
  expect(long).toEqual([]);
});

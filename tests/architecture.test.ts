/**
 * What holds for the source tree as a whole: who imports whom, how long files are, what stands in one place
 * only, and how many files an addition touches.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { additions, written } from './support/additions';
import { unusedExports } from './support/exports';
import { TreeCopy } from './support/treeCopy';
import { importGraph, isTest, sourceFiles } from './support/imports';
import { findNodes, isCast, isName, isSwitchOver } from './support/syntax';

/** Milliseconds for a compiler or a test run of its own: some ten seconds on an idle computer, minutes on a busy one. */
const SLOW = 600_000;

const source = sourceFiles('src');
const shipped = source.filter((file) => !isTest(file));
const all = [...source, ...['e2e', 'bench', 'scripts', 'tests'].flatMap(sourceFiles)];
const graph = importGraph(shipped);

/** Groups of files that reach each other by imports, of two files or more (Tarjan's strongly connected components). */
function cycles(of: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    let low = order.get(file) ?? 0;
    open.push(file);
    for (const next of of.get(file) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === order.get(file)) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) found.push(group);
    }
    return low;
  };
  for (const file of of.keys()) if (!order.has(file)) visit(file);
  return found;
}

describe('imports', () => {
  it('never run in a circle, types included', () => {
    expect(
      cycles(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual([['b', 'c']]);
    expect(graph.size).toBeGreaterThan(300);
    expect(cycles(graph)).toEqual([]);
  });

  it('point down the layers', () => {
    const below: Record<string, string[]> = {
      app: ['workers', 'studies', 'training', 'models', 'engine', 'data'],
      workers: ['training', 'models', 'engine', 'data'],
      studies: ['training', 'models', 'data'],
      training: ['models', 'engine', 'data'],
      models: ['engine', 'data'],
      engine: [],
      data: [],
    };
    const layer = (file: string): string => file.split('/')[1] ?? '';
    const upward = [...graph].flatMap(([file, targets]) =>
      targets
        .filter((target) => layer(target) !== layer(file) && !below[layer(file)]?.includes(layer(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(upward).toEqual([]);
    expect(Object.keys(below).sort()).toEqual([...new Set(shipped.map(layer))].sort());
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

  it('of a page come from the shell alone: what is also drawn elsewhere is no part of a page', () => {
    const inPages = (file: string): boolean => file.startsWith('src/app/pages/');
    const importers = [...graph].flatMap(([file, targets]) =>
      !inPages(file) && targets.some(inPages) ? [file] : [],
    );
    expect(importers).toEqual(['src/app/App.tsx']);
  });
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

it('numbers become digits in one place, so that there is one format of them', () => {
  const writers = ['toFixed', 'toPrecision', 'toExponential', 'toLocaleString', 'Intl'];
  const places = (folder: string): readonly string[] =>
    shipped
      .filter((file) => file.startsWith(folder))
      .flatMap((file) =>
        writers.flatMap((name) => findNodes(file, isName(name)).map((place) => place.split(':')[0] ?? '')),
      );
  expect([...new Set(places('src/app/'))]).toEqual(['src/app/format.ts']);
  // Messages from below the page have counts in them, with the page's thin spaces.
  const counts = shipped.filter((file) => findNodes(file, isName('toLocaleString')).length > 0);
  expect(counts).toEqual([]);
});

it('what a run tells becomes a state in one place', () => {
  const reducers = shipped.flatMap((file) =>
    findNodes(file, isSwitchOver('evaluation')).map((place) => place.split(':')[0]),
  );
  expect(reducers).toEqual(['src/training/reduceRun.ts']);
});

it('a gradient is written in one way: by defineOperation, or for a kernel of the library in its list', () => {
  const names = ['customGrad', 'registerGradient'];
  const writers = shipped.flatMap((file) =>
    names.flatMap((name) => findNodes(file, isName(name)).map((place) => place.split(':')[0])),
  );
  expect([...new Set(writers)].sort()).toEqual([
    'src/engine/gradients.ts',
    'src/engine/operation/defineOperation.ts',
    'src/engine/operation/tfRegistry.ts',
  ]);
});

describe('a model', () => {
  const ofModels = shipped.filter((file) => file.startsWith('src/models/'));
  /** What the contract forgets of a definition's types, and what a schema's type cannot follow. */
  const forgetting = new Set(['src/models/definition.ts', 'src/models/settings.ts']);
  // Helpers of a folder's tests.
  const files = ofModels.filter((file) => !forgetting.has(file) && !file.endsWith('/testing.ts'));

  it('takes no value for another type', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.flatMap((file) => findNodes(file, isCast))).toEqual([]);
  });

  it('looks nothing up by a tensor', () => {
    expect(ofModels.flatMap((file) => findNodes(file, isName('WeakMap')))).toEqual([]);
  });
});

/** Each is added to a copy of the tree, which must then pass types and the tests that everything of its kind passes. */
describe('adding', () => {
  let copy: TreeCopy;
  const changed = new Map<string, readonly string[]>();
  beforeAll(() => {
    copy = new TreeCopy();
    for (const { what, add } of additions) {
      add(copy);
      changed.set(what, copy.changed());
    }
  });
  afterAll(() => copy?.dispose());

  it.each(additions)('$what touches $files files', ({ what, files }) => {
    expect(written(changed.get(what) ?? [])).toHaveLength(files);
  });

  it(
    'them leaves the types right',
    () => {
      expect(copy.typeErrors([...changed.values()].flat())).toEqual([]);
    },
    SLOW,
  );

  it(
    'them passes the tests of all models, pictures, twins and operations',
    () => {
      const files = [
        'src/models/registry.test.ts',
        'src/models/baselines/exampleModel.test.ts',
        'src/app/pictures/contents.test.ts',
        'src/app/pictures/tabs.test.ts',
        'src/data/simulate/simulate.test.ts',
        'tests/docs.test.ts',
      ];
      const names =
        'example-model|example-4 is a valid|exampleOperation|pictures have names|every folder with a list';
      const { passed, failures } = copy.runTests(files, names);
      expect(failures).toBe('');
      expect(passed).toBeGreaterThan(25);
    },
    SLOW,
  );
});

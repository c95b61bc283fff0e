/** Every operation has its test beside it, and every case that PyTorch computed is somebody's. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fixtures } from '../testing/pytorch';

const folder = new URL('./', import.meta.url);
const operations = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** In place, and tested by those that own what they write: optimiser.test.ts, step.test.ts, variables.test.ts. */
const inPlace = new Set(['copy', 'segmentSum', 'updateStates']);

const testOf = (name: string): URL => new URL(`${name}/${name}.test.ts`, folder);

it('every operation has its test in its folder', () => {
  expect(operations.length).toBeGreaterThan(30);
  expect(operations.filter((name) => !inPlace.has(name) && !existsSync(testOf(name)))).toEqual([]);
});

it('every case of the fixture file is tested', () => {
  const tests = operations
    .filter((name) => existsSync(testOf(name)))
    .map((name) => readFileSync(testOf(name), 'utf8'))
    .join('\n');
  // As the key of an operation: `dense: …` or `'batchNorm.rows': …`.
  const named = (name: string): boolean => tests.includes(`'${name}':`) || RegExp(`\\b${name}:`).test(tests);
  const missing = fixtures.cases.filter(({ name }) => !named(name));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

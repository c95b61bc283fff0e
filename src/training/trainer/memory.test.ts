/** A run that cannot fit says so before it takes any memory. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { tinyBatch, tinyShape } from '../../../tests/support/tinyData';
import {
  createVariables,
  memoryLimits,
  openBackend,
  type MemoryLimits,
  type VariableFactory,
} from '../../engine';
import { findModel } from '../../models/registry';
import { buildWithinLimits } from './memory';
import type { AnyModel } from '../../models/definition';

beforeAll(async () => {
  await openBackend('wasm');
});

function build(limits: MemoryLimits, batch = 512, id = 'optmsm'): AnyModel {
  const configured = findModel(id).configure({
    ...findModel(id).presets.tiny,
    ...(id === 'optmsm' && { op: 'moe' }),
  });
  const shape = tinyShape(batch, 40);
  const read = (rows: number) => tinyBatch({ ...shape, batch: rows }, configured.needs, 1, 0);
  return buildWithinLimits({ configured, shape, factory: createVariables(1), read, limits });
}

const MB = 2 ** 20;

it('refuses parameters that do not fit, with the numbers, and leaves nothing behind', () => {
  const before = tf.memory().numTensors;
  expect(() => build({ total: MB / 4, largest: Infinity })).toThrow(
    /needs more than \d+ MB for parameters, gradients and Adam's moments, and this backend holds at most 1 MB\. Choose/,
  );
  expect(() => build({ total: Infinity, largest: 2000 })).toThrow(
    /^"embedding" has \d+ numbers: Adam's moments of it take 1 MB/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

it('asks before initial values of a parameter are made, and by what training holds of each number', () => {
  const configured = findModel('optmsm').configure(findModel('optmsm').presets.tiny);
  const shape = tinyShape(16, 3);
  const read = (rows: number) => tinyBatch({ ...shape, batch: rows }, configured.needs, 1, 0);
  const made: string[] = [];
  /** Names are given once a factory. */
  const given = (limits: MemoryLimits) => {
    const named = createVariables(1);
    const factory: VariableFactory = {
      ...named,
      glorot(name, ...sizes) {
        made.push(name);
        return named.glorot(name, ...sizes);
      },
    };
    return { configured, shape, read, factory, limits };
  };
  const unlimited = { total: Infinity, largest: Infinity };
  const model = buildWithinLimits(given(unlimited));
  const numbers = [model.table, ...model.parameters].reduce((sum, { tensor }) => sum + tensor.size, 0);
  const largest = model.parameters.reduce((a, b) => (b.tensor.size > a.tensor.size ? b : a));
  model.dispose();
  expect(made).toContain(largest.name);

  // Two moments of four bytes each: one byte less, and its initial values are not made.
  made.length = 0;
  const limits = { total: Infinity, largest: 8 * largest.tensor.size - 1 };
  expect(() => buildWithinLimits(given(limits))).toThrow(`"${largest.name}" has `);
  expect(made).not.toContain(largest.name);

  // Each number, its two moments, its gradient and the best weights so far.
  const exact = 4 * 5 * numbers;
  buildWithinLimits(given({ ...unlimited, total: exact })).dispose();
  expect(() => buildWithinLimits(given({ ...unlimited, total: exact - 1 }))).toThrow(
    /for parameters, gradients and Adam's moments/,
  );
});

it('takes the limits of the open backend: WebAssembly addresses 4 GiB', () => {
  const { total, largest } = memoryLimits();
  expect(total).toBeGreaterThan(2 * 2 ** 30);
  expect(total).toBeLessThan(4 * 2 ** 30);
  expect(largest).toBeLessThanOrEqual(total);
});

it('refuses a batch whose step does not fit, and takes a smaller one', () => {
  const before = tf.memory().numTensors;
  const limits = { total: 16 * MB, largest: Infinity };
  expect(() => build(limits)).toThrow(/^A step of 512 rows with 40 scenarios needs about \d+ MB/);
  expect(tf.memory().numTensors).toBe(before);
  build(limits, 16).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('an estimate is near what a whole step takes', () => {
  const said = (): number => {
    try {
      build({ total: 8 * MB, largest: Infinity });
    } catch (error) {
      return Number(/about (\d+) MB/.exec(String(error))![1]);
    }
    return 0;
  };
  // Measured by a step of all 512 rows: representations of 80 experts [80, 512, 16] and what their gradient holds.
  expect(said()).toBeGreaterThan(10);
  expect(said()).toBeLessThan(80);
});

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openBackend } from '../../../engine';
import {
  edgeCount,
  maskLayout,
  onesMask,
  pruneCounts,
  pruneMask,
  topMask,
  validateMask,
} from '../../../models/papers/aread/masks';
import { createDeviceMasks, createPruning, writeMasks, writeScenarioMask } from './deviceMasks';

beforeAll(async () => {
  await openBackend('cpu');
});

const layouts = fc.constantFrom(
  maskLayout([3, 6, 12]),
  maskLayout([1, 2, 4]),
  maskLayout([2, 4, 8, 16]),
  maskLayout([2, 4]),
);
/** Few different values, so that ties are common. */
const cases = layouts.chain((layout) =>
  fc.record({
    layout: fc.constant(layout),
    gates: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: layout.edges, maxLength: layout.edges }),
    first: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: layout.edges, maxLength: layout.edges }),
    share: fc.double({ min: 0.2, max: 1, noNaN: true }),
    rate: fc.double({ min: 0.01, max: 0.6, noNaN: true }),
    target: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
  }),
);

test('the device prunes and validates as the host does, edge for edge, ties included', () => {
  fc.assert(
    fc.property(cases, ({ layout, gates, first, share, rate, target }) => {
      const counts = pruneCounts(layout.edges, rate, target);
      const device = createDeviceMasks(layout, counts);
      const raw = topMask(layout, first, share);
      let host = validateMask(layout, raw);
      const validated = device.validate(tf.tensor1d([...raw], 'float32'));
      expect([...validated.dataSync()]).toEqual([...host]);
      validated.dispose();
      if (edgeCount(host) === 0) host = onesMask(layout);
      let mask = tf.tensor1d([...host], 'float32');
      const values = tf.tensor1d(gates.map((gate) => gate / 21));
      for (let k = 0; k < 4; k++) {
        host = pruneMask(layout, host, gates, counts);
        const next = device.prune(mask, values);
        mask.dispose();
        mask = next;
        expect([...mask.dataSync()]).toEqual([...host]);
      }
      tf.dispose([mask, values]);
      device.dispose();
    }),
    { numRuns: 60 },
  );
});

test.each([createDeviceMasks, createPruning])('%o cuts the least and leaves no other tensor', (create) => {
  const layout = maskLayout([3, 6, 12]);
  const device = create(layout, pruneCounts(layout.edges, 0.05, 0.4));
  const mask = tf.ones<tf.Rank.R1>([90]);
  const values = tf.tensor1d(Float32Array.from({ length: 90 }, (_, e) => e));
  const before = tf.memory().numTensors;
  const pruned = device.prune(mask, values);
  // α = 5 % of 90, rounded.
  expect([...pruned.dataSync()]).toEqual(Array.from({ length: 90 }, (_, e) => (e < 5 ? 0 : 1)));
  pruned.dispose();
  expect(tf.memory().numTensors).toBe(before);
  device.dispose();
  tf.dispose([mask, values]);
});

test('writing one scenario’s mask leaves the others’ as they were', () => {
  const layout = maskLayout([1, 2, 4]);
  const states = layout.transitions.map(({ rows, columns }, t) => ({
    name: `mask.${t + 2}`,
    shape: [3, rows, columns],
    tensor: tf.keep(tf.ones([3, rows, columns])),
  }));
  const own = [1, 0, 1, 1, 0, 0, 0, 0, 1, 0];
  const row = tf.tensor3d([0, 1, 0], [3, 1, 1]);
  writeScenarioMask(states, layout, row, tf.tensor1d(own));
  expect([...states[0]!.tensor.dataSync()]).toEqual([1, 1, 1, 0, 1, 1]);
  expect([...states[1]!.tensor.dataSync()].slice(8, 16)).toEqual(own.slice(2));
  expect([...states[1]!.tensor.dataSync()].filter((_, i) => i < 8 || i >= 16)).toEqual(new Array(16).fill(1));
  const all = Float32Array.from([...own, ...own.map((kept) => 1 - kept), ...own]);
  writeMasks(states, layout, all);
  expect([...states[0]!.tensor.dataSync()]).toEqual([1, 0, 0, 1, 1, 0]);
  expect([...states[1]!.tensor.dataSync()].slice(8, 16)).toEqual([0, 0, 1, 1, 1, 1, 0, 1]);
  tf.dispose([row, ...states.map(({ tensor }) => tensor)]);
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assignParameter,
  assignState,
  createLossAccumulator,
  createTable,
  createVariables,
  openBackend,
  readTensor,
} from '.';

beforeAll(async () => {
  await openBackend('cpu');
});

describe('variables', () => {
  it('follow from seed and name', async () => {
    const draw = (seed: number, name: string): Float32Array =>
      createVariables(seed).glorot(name, [4, 5], 4, 5);
    expect(draw(1, 'w')).toEqual(draw(1, 'w'));
    expect(draw(1, 'w')).not.toEqual(draw(2, 'w'));
    expect(draw(1, 'w')).not.toEqual(draw(1, 'v'));
    const limit = Math.sqrt(6 / 9);
    expect(draw(1, 'w').every((value) => Math.abs(value) <= limit)).toBe(true);
  });

  it.each([
    [3, 5],
    [5, 3],
    [4, 4],
  ])('orthogonal values of [%i, %i] have orthonormal rows or columns', (rows, columns) => {
    const values = createVariables(1).orthogonal('u', rows, columns);
    const count = Math.min(rows, columns);
    const at = (i: number, k: number): number =>
      rows <= columns ? values[i * columns + k]! : values[k * columns + i]!;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let dot = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) dot += at(i, k) * at(j, k);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 5);
      }
    }
  });

  it('are written in place: the tensor stays the same object', async () => {
    const variables = createVariables(1);
    const weight = variables.parameter('w', 'weight', [2, 2], Float32Array.of(1, 2, 3, 4));
    const state = variables.state('s', [2], new Float32Array(2));
    const { tensor } = weight;
    assignParameter(weight, Float32Array.of(5, 6, 7, 8));
    expect(weight.tensor).toBe(tensor);
    expect([...(await readTensor(weight))]).toEqual([5, 6, 7, 8]);
    const value = tf.tensor1d([9, 10]);
    assignState(state, value);
    expect([...(await readTensor(state))]).toEqual([9, 10]);
    expect(() => assignState(state, Float32Array.of(1))).toThrow('s holds 2 values; it cannot take 1');
  });

  it('say what is wrong with a name or a size', () => {
    const variables = createVariables(1);
    variables.parameter('w', 'bias', [1], new Float32Array(1));
    expect(() => variables.state('w', [1], new Float32Array(1))).toThrow('Variable w exists already');
    expect(() => variables.state('s', [2, 3], new Float32Array(5))).toThrow('needs 6 values but got 5');
  });

  it('a table starts near 0, its padding row at 0', async () => {
    const values = await readTensor(createTable(500, 8, 3));
    expect([...values.slice(0, 8)]).toEqual(new Array<number>(8).fill(0));
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / (499 * 8));
    expect(deviation).toBeCloseTo(0.01, 3);
  });
});

describe('loss terms', () => {
  it('are means since the last reading', async () => {
    const losses = createLossAccumulator();
    expect(await losses.read()).toEqual({});
    losses.add({ click: tf.scalar(1), total: tf.scalar(4) });
    losses.add({ click: tf.scalar(3), total: tf.scalar(8) });
    expect(await losses.read()).toEqual({ click: 2, total: 6 });
    losses.add({ click: tf.scalar(5), total: tf.scalar(5) });
    expect(await losses.read()).toEqual({ click: 5, total: 5 });
    expect(() => losses.add({ other: tf.scalar(1) })).toThrow('Loss terms changed');
  });
});

describe('choosing a backend', () => {
  it('falls back from WebGPU where there is none, and says why', async () => {
    const info = await openBackend('webgpu');
    expect(info.name).toBe('wasm');
    expect(info.reason).toContain('WebGPU not used');
    expect(info.simd).toBe(true);
  });
});

/** Operations against PyTorch's numbers (tests/reference/engine/reference.py) and against finite differences. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../backend';

interface Numbers {
  readonly shape: number[];
  readonly values: number[];
}

interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly probe: Numbers;
  readonly value: number[];
  readonly gradients: Readonly<Record<string, number[]>>;
}

interface AdamCase {
  readonly vocabulary: number;
  readonly dim: number;
  readonly batch: number;
  readonly fields: number;
  readonly l2: number;
  readonly centre: number;
  readonly learningRate: number;
  readonly start: Readonly<Record<'table' | 'matrix' | 'bias', number[]>>;
  readonly steps: readonly ({
    readonly ids: number[];
    readonly label: number[];
    readonly loss: number;
  } & Readonly<Record<'table' | 'matrix' | 'bias', number[]>>)[];
}

/** The numbers that PyTorch found. */
export const fixtures = JSON.parse(
  readFileSync(new URL('../../../tests/reference/engine/fixtures.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly adam: AdamCase };

/** An operation of a case's inputs by name. */
export type OfInputs = (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;

const tensor = ({ shape, values }: Numbers): tf.Tensor => tf.tensor(values, shape, 'float32');

const tensors = (inputs: Case['inputs']): Record<string, tf.Tensor> =>
  Object.fromEntries(Object.entries(inputs).map(([key, numbers]) => [key, tensor(numbers)]));

export function expectClose(
  found: ArrayLike<number>,
  expected: readonly number[],
  what: string,
  tolerance = 3e-6,
): void {
  expect(found.length, what).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value) / scale, `${what}[${i}]`).toBeLessThan(tolerance);
  });
}

/** Value and gradients of sum(value * probe). */
function evaluate(
  operation: OfInputs,
  { inputs, probe, gradients }: Case,
): { value: Float32Array; gradients: Record<string, Float32Array> } {
  return tf.tidy(() => {
    const given = tensors(inputs);
    const names = Object.keys(gradients);
    const value = operation(given);
    const { grads } = tf.engine().gradients(
      () => tf.sum(tf.mul(operation(given), tensor(probe))),
      names.map((key) => given[key]!),
    );
    return {
      value: value.dataSync<'float32'>().slice(),
      gradients: Object.fromEntries(names.map((key, i) => [key, grads[i]!.dataSync<'float32'>().slice()])),
    };
  });
}

/** @param kinked whether a finite difference must not cross 0 */
function expectDifferences(operation: OfInputs, each: Case, kinked: boolean): void {
  const { gradients } = evaluate(operation, each);
  const h = 1e-2;
  const read = (inputs: Case['inputs']): number =>
    tf.tidy(() => {
      const out = operation(tensors(inputs)).dataSync<'float32'>();
      // Added up in double precision: float32 sums would drown the difference.
      return out.reduce((sum, value, i) => sum + value * each.probe.values[i]!, 0);
    });
  for (const [key, gradient] of Object.entries(gradients)) {
    const scale = Math.max(0.05, ...gradient.map(Math.abs));
    const stride = Math.max(1, Math.floor(gradient.length / 12));
    for (let i = 0; i < gradient.length; i += stride) {
      const moved = (step: number): number => {
        const values = each.inputs[key]!.values.slice();
        values[i]! += step;
        return read({ ...each.inputs, [key]: { ...each.inputs[key]!, values } });
      };
      if (kinked && Math.abs(each.inputs[key]!.values[i]!) < h) continue;
      const difference = (moved(h) - moved(-h)) / (2 * h);
      // 2e-2: the third derivative times h², and float32's rounding over 2h.
      expect(Math.abs(difference - gradient[i]!) / scale, `${key}[${i}]`).toBeLessThan(2e-2);
    }
  }
}

/**
 * Tests operations on CPU and WASM: value and gradients are PyTorch's, and gradients those of finite differences.
 *
 * @param operations by the names of their cases in the fixture file; a second form of one adds a word in brackets
 */
export function testAgainstPyTorch(operations: Readonly<Record<string, OfInputs>>): void {
  const cases = Object.entries(operations).map(([title, operation]) => {
    const name = title.replace(/ \(.*\)$/, '');
    const each = fixtures.cases.find((other) => other.name === name);
    if (!each) throw new Error(`tests/reference/engine/fixtures.json has no case ${name}.`);
    return [title, operation, each] as const;
  });
  describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
    beforeAll(async () => {
      expect((await openBackend(backend)).name).toBe(backend);
    });

    it.each(cases)('%s has the value and the gradients of its PyTorch twin', (_title, operation, each) => {
      const found = evaluate(operation, each);
      expectClose(found.value, each.value, 'value');
      for (const [key, expected] of Object.entries(each.gradients)) {
        expectClose(found.gradients[key]!, expected, `gradient of ${key}`);
      }
    });

    it.each(cases)('%s has the gradients that finite differences give', (title, operation, each) => {
      expectDifferences(operation, each, /relu/i.test(title));
    });
  });
}

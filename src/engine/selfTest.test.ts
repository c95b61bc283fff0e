/** The self-test on the CPU backend, whose numbers it expects of all. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { openBackend } from '.';
import { lossAndGradients, selfTest } from './selfTest';
import { EXPECTED } from './selfTestExpected';

beforeAll(async () => void (await openBackend('cpu')));

it('expects what the CPU backend computes', async () => {
  const computed = await lossAndGradients();
  const largest = Math.max(...EXPECTED.map(Math.abs));
  expect(computed.length).toBe(EXPECTED.length);
  EXPECTED.forEach((value, i) => expect(Math.abs(computed[i]! - value) / largest).toBeLessThan(1e-6));
});

it('notices a kernel that is off by a thousandth', async () => {
  const right = tf.getKernel('Multiply', 'cpu');
  const replace = (kernel: tf.KernelConfig): void => {
    tf.unregisterKernel('Multiply', 'cpu');
    tf.registerKernel(kernel);
  };
  expect(await selfTest()).toMatchObject({ passed: true });
  replace({
    ...right,
    kernelFunc: (call) => {
      const product = right.kernelFunc(call) as tf.TensorInfo;
      const { data } = tf.backend() as unknown as { data: { get(id: tf.DataId): { values: Float32Array } } };
      const { values } = data.get(product.dataId);
      values.forEach((value, i) => (values[i] = 1.001 * value));
      return product;
    },
  });
  expect(await selfTest()).toMatchObject({ passed: false });
  replace(right);
  expect(await selfTest()).toMatchObject({ passed: true });
});

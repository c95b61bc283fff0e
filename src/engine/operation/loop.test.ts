import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { openBackend } from '../backend';
import { sigmoidGradient } from '../ops/activations';
import { batchVecMat } from '../ops/batchVecMat';
import { gatedProduct } from '../ops/gatedProduct';
import { fieldPairProducts } from '../ops/fieldPairProducts';
import { normActivationBackward } from '../ops/normActivationBackward';
import { softmaxGradient } from '../ops/softmax';
import { as2, as3, values, type Form } from '../testing/operation';

/** Widths 7 and 4: whole vectors with and without a rest. */
const cases: Readonly<Record<string, { readonly form: Form; readonly shapes: readonly number[][] }>> = {
  sigmoidGradient: {
    form: (dy, y) => sigmoidGradient({ dy, y }),
    shapes: [
      [3, 7],
      [3, 7],
    ],
  },
  gatedProduct: {
    form: (x, gate) => gatedProduct(x, gate, 0.3),
    shapes: [
      [3, 7],
      [3, 7],
    ],
  },
  softmaxGradient: {
    form: (dy, y) => softmaxGradient({ dy, y }),
    shapes: [
      [3, 7],
      [3, 7],
    ],
  },
  'fieldPairProducts, seven values a field': { form: (x) => fieldPairProducts(as3(x)), shapes: [[3, 5, 7]] },
  'fieldPairProducts, four': { form: (x) => fieldPairProducts(as3(x)), shapes: [[2, 3, 4]] },
  batchVecMat: {
    form: (v, t) => batchVecMat(as2(v), as3(t)),
    shapes: [
      [3, 7],
      [3, 7, 7],
    ],
  },
  'batchVecMat, transposed': {
    form: (v, t) => batchVecMat(as2(v), as3(t), true),
    shapes: [
      [3, 7],
      [3, 7, 7],
    ],
  },
  'normActivationBackward with mask and norm': {
    form: (delta, gamma) =>
      normActivationBackward(as3(delta), {
        preActivation: values<tf.Rank.R3>([2, 5, 7], 5),
        slope: 0.01,
        mask: values<tf.Rank.R3>([2, 5, 7], 6),
        norm: { gamma, variance: tf.abs(values<tf.Rank.R2>([2, 7], 7)) },
      }),
    shapes: [
      [2, 5, 7],
      [2, 7],
    ],
  },
  'normActivationBackward of an activation alone': {
    form: (delta) =>
      normActivationBackward(as3(delta), {
        preActivation: values<tf.Rank.R3>([2, 5, 7], 5),
        slope: 0.01,
        mask: null,
        norm: null,
      }),
    shapes: [[2, 5, 7]],
  },
};

/** Operations without a gradient of their own: they are other operations'. */
const GRADIENTS = new Set(['sigmoidGradient', 'softmaxGradient']);

it.each(Object.entries(cases))(
  '%s: the form on WASM is the loop to the bit',
  async (name, { form, shapes }) => {
    const read = (): number[][] =>
      tf.tidy(() => {
        const inputs = shapes.map((shape, i) => values([...shape] as [number], i + 1));
        const value = form(...inputs);
        const weights = values(value.shape as [number], 9);
        const gradients = GRADIENTS.has(name) ? [] : tf.grads(form)(inputs, weights);
        return [value, ...gradients].map((tensor) => Array.from(tensor.dataSync()));
      });
    await openBackend('wasm');
    const onWasm = read();
    await tf.setBackend('cpu');
    expect(onWasm).toEqual(read());
  },
);

/** Gate Neural Units (PEPNet, Eq 3–4): `γ σ(relu(x W + b) W' + b')`, factors between 0 and γ that other units are multiplied by. */
import * as tf from '@tensorflow/tfjs-core';
import { gatedProduct, leakyRelu, multiDenseStacked, sigmoid, split } from '../../engine';
import type { VariableFactory } from '../../engine';
import { createLinear } from './linear';

interface GateNuOptions {
  readonly input: number;
  /** Hidden units g of a unit. */
  readonly hidden: number;
  /** γ, the largest factor. */
  readonly gamma: number;
}

/** Factors between 0 and γ that units are multiplied by. */
export interface Gate {
  /** Units `[B, out]` times their factors. */
  multiply(h: tf.Tensor2D): tf.Tensor2D;
  /** The factors themselves `[B, out]`, for who looks at them. */
  factors(): tf.Tensor2D;
}

/** From logits `[B, out]` to factors `γ σ(logits)`. */
export function createGate(logits: tf.Tensor2D, gamma: number): Gate {
  const share = sigmoid(logits);
  return {
    multiply: (h) => gatedProduct(h, share, gamma),
    factors: () => tf.mul(share, gamma),
  };
}

export interface GateNu {
  /** `[B, in]` to a gate of `[B, out]`. */
  apply(x: tf.Tensor2D): Gate;
}

/** Parameters `<name>.hidden.weight [in, g]`, `<name>.hidden.bias`, `<name>.gate.weight [g, out]`, `<name>.gate.bias`. */
export function createGateNu(
  variables: VariableFactory,
  name: string,
  { input, hidden, gamma, output }: GateNuOptions & { readonly output: number },
): GateNu {
  const first = createLinear(variables, `${name}.hidden`, { input, output: hidden });
  const second = createLinear(variables, `${name}.gate`, { input: hidden, output });
  return { apply: (x) => createGate(second.apply(leakyRelu(first.apply(x), 0)), gamma) };
}

export interface GateNuBank {
  /** `[B, in]` to the gate of each unit `[B, outputs[k]]`. */
  apply(x: tf.Tensor2D): readonly Gate[];
}

/**
 * Several units over one input: `<name>.hidden.weight [units, in, g]`, `<name>.hidden.bias [units, g]`, and of each unit
 * `<name>.gate.k.weight [g, outputs[k]]`, `<name>.gate.k.bias`.
 */
export function createGateNuBank(
  variables: VariableFactory,
  name: string,
  { input, hidden, gamma, outputs }: GateNuOptions & { readonly outputs: readonly number[] },
): GateNuBank {
  const units = outputs.length;
  const shape = [units, input, hidden] as const;
  const weight = variables.parameter(
    `${name}.hidden.weight`,
    'weight',
    shape,
    variables.glorot(`${name}.hidden.weight`, shape, input, hidden),
  );
  const bias = variables.parameter(
    `${name}.hidden.bias`,
    'bias',
    [units, hidden],
    new Float32Array(units * hidden),
  );
  const gates = outputs.map((output, k) =>
    createLinear(variables, `${name}.gate.${k}`, { input: hidden, output }),
  );
  return {
    apply(x) {
      const h = leakyRelu(multiDenseStacked(x, weight.tensor, bias.tensor), 0);
      const each = split(h, new Array<number>(units).fill(1), 0);
      return gates.map((gate, k) => {
        const own = tf.reshape<tf.Rank.R2>(each[k]!, [x.shape[0], hidden]);
        return createGate(gate.apply(own), gamma);
      });
    },
  };
}

/** STAR's linear layer (CIKM 2021, Eq 6–7): a shared matrix times each one's own, a shared bias plus each one's own. */
import * as tf from '@tensorflow/tfjs-core';
import { routedSharedDense } from '../../engine';
import type { VariableFactory } from '../../engine';

/** Deviation of the own weights around 1 at the start. */
const OWN_DEVIATION = 0.05;

export interface StarLinear {
  /** Each row through its own layer: `x [B, in]`, one-hot `[B, N]`, to `x (W_n ⊗ W) + b_n + b` `[B, out]`. */
  apply(x: tf.Tensor2D, route: tf.Tensor2D): tf.Tensor2D;
}

interface StarLinearOptions {
  /** How many have weights of their own: N scenarios, or K clusters. */
  readonly own: number;
  readonly input: number;
  readonly output: number;
  /** Initial shared bias `[out]`; null for none, where a norm above takes it away again. */
  readonly bias: Float32Array | null;
  /** Whether each one has a bias of its own; it has unless said. */
  readonly ownBias?: boolean;
}

/**
 * `<names.shared>.weight [in, out]`, `<names.shared>.bias [out]`, `<names.own>.weight [N, in, out]` around 1 (also the centre of its
 * L2), `<names.own>.bias [N, out]`. A product of two Glorot matrices would start with a vanishing variance.
 */
export function createStarLinear(
  variables: VariableFactory,
  names: { readonly shared: string; readonly own: string },
  { own, input, output, bias, ownBias = true }: StarLinearOptions,
): StarLinear {
  const shape = [input, output] as const;
  const all = [own, input, output] as const;
  const sharedWeight = variables.parameter(
    `${names.shared}.weight`,
    'weight',
    shape,
    variables.glorot(`${names.shared}.weight`, shape, input, output),
  );
  const sharedBias = bias && variables.parameter(`${names.shared}.bias`, 'bias', [output], bias);
  const ownWeight = variables.parameter(
    `${names.own}.weight`,
    'weight',
    all,
    variables.normal(`${names.own}.weight`, all, 1, OWN_DEVIATION),
    1,
  );
  const each = ownBias
    ? variables.parameter(`${names.own}.bias`, 'bias', [own, output], new Float32Array(own * output))
    : null;
  return {
    apply(x, route) {
      const shared = { shared: sharedWeight.tensor, combine: 'multiply' } as const;
      const both =
        each && sharedBias ? tf.add<tf.Tensor2D>(each.tensor, sharedBias.tensor) : (each?.tensor ?? null);
      return routedSharedDense(x, ownWeight.tensor, shared, both, route);
    },
  };
}

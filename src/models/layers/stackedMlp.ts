/** E parallel MLPs (experts) as one stack. */
import type * as tf from '@tensorflow/tfjs-core';
import { maskedLeakyRelu, stackedDense, multiDenseStacked } from '../../engine';
import type { Mode, Parameter, VariableFactory } from '../../engine';
import { createStackedBatchNorm, type NormInputs, type StackedNormalised } from './batchNorm';

export interface StackedMlpOptions {
  /** E */
  readonly stack: number;
  readonly input: number;
  readonly widths: readonly number[];
  readonly batchNorm: 'off' | 'shared' | 'domain';
  readonly scenarios: number;
  readonly dropout: number;
  readonly slope?: number;
}

/** What one stacked layer did, as far as closed-form gradients need it; see `LayerTrace`. */
export interface StackedLayerTrace {
  /** Before the activation, after normalisation `[E, B, w]`. */
  readonly preActivation: tf.Tensor3D;
  /** Slope of the activation below zero. */
  readonly slope: number;
  /** Normalisation: null without; else its derivative, and what that is made of where one serves all rows. */
  readonly norm: Pick<StackedNormalised, 'inputScale' | 'shared'> | null;
  readonly mask: tf.Tensor3D | null;
}

export interface StackedMlpTrace {
  /** `[E, B, last width]`. */
  readonly output: tf.Tensor3D;
  readonly layers: readonly StackedLayerTrace[];
}

export interface StackedMlp {
  /** `<name>.k.weight`, one per layer. */
  readonly weights: readonly Parameter[];
  readonly outputWidth: number;
  /** One input for all `[B, in]`, or one each `[E, B, in]`; to `[E, B, out]`. */
  apply(x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): tf.Tensor3D;
  /** The same, with what `stackedInputGradient` needs. */
  trace(x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedMlpTrace;
}

/** Parameters `<name>.k.weight [E, in, out]`, `<name>.k.bias [E, out]` (without normalisation) or `<name>.k.norm.*`. */
export function createStackedMlp(
  variables: VariableFactory,
  name: string,
  options: StackedMlpOptions,
): StackedMlp {
  const { stack, scenarios, slope = 0 } = options;
  let input = options.input;
  const layers = options.widths.map((output, k) => {
    const shape = [stack, input, output];
    const weight = variables.parameter(
      `${name}.${k}.weight`,
      'weight',
      shape,
      variables.glorot(`${name}.${k}.weight`, shape, input, output),
    );
    const bias =
      options.batchNorm === 'off'
        ? variables.parameter(`${name}.${k}.bias`, 'bias', [stack, output], new Float32Array(stack * output))
        : null;
    const norm = createStackedBatchNorm(
      variables,
      `${name}.${k}.norm`,
      stack,
      output,
      options.batchNorm,
      scenarios,
    );
    input = output;
    return { weight, bias, norm };
  });
  const trace = (x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedMlpTrace => {
    const traces: StackedLayerTrace[] = [];
    let h = x;
    for (const { weight, bias, norm } of layers) {
      const w = weight.tensor as tf.Tensor3D;
      const b = (bias?.tensor as tf.Tensor2D | undefined) ?? null;
      const linear: tf.Tensor3D =
        h.rank === 2 ? multiDenseStacked(h as tf.Tensor2D, w, b) : stackedDense(h as tf.Tensor3D, w, b);
      const normalised = norm?.trace(linear, inputs, mode) ?? null;
      const u = normalised?.output ?? linear;
      const dropped = mode.kind === 'train' && options.dropout > 0;
      const mask = dropped ? (mode.dropoutMask(u.shape, options.dropout) as tf.Tensor3D) : null;
      traces.push({
        preActivation: u,
        slope,
        norm: normalised,
        mask,
      });
      h = maskedLeakyRelu(u, slope, mask);
    }
    return { output: h as tf.Tensor3D, layers: traces };
  };
  return {
    weights: layers.map(({ weight }) => weight),
    outputWidth: input,
    trace,
    apply: (x, inputs, mode) => trace(x, inputs, mode).output,
  };
}

/** Multi-layer perceptron: Linear → normalisation → LeakyReLU → dropout, on every layer. */
import type * as tf from '@tensorflow/tfjs-core';
import { dropoutMaskOf, leakyReluDerivative, maskedLeakyRelu } from '../../engine';
import type { Mode, VariableFactory } from '../../engine';
import { createBatchNorm, type Normalisation, type NormInputs } from './batchNorm';
import { createLinear, type Linear } from './linear';

export interface MlpOptions {
  readonly input: number;
  readonly widths: readonly number[];
  readonly batchNorm: Normalisation;
  /** N; needed by normalisation per scenario. */
  readonly scenarios: number;
  readonly dropout: number;
  /** Negative slope of the activation; 0 is ReLU. */
  readonly slope?: number;
}

/** What one layer did, as far as closed-form gradients need it. */
export interface LayerTrace {
  /** Before the activation, after normalisation: u `[B, w]`. */
  readonly preActivation: tf.Tensor2D;
  /** Derivative of the activation at u, without gradient `[B, w]`. */
  activationFactor(): tf.Tensor2D;
  /** Derivative of normalisation with statistics held fixed, broadcastable over `[B, w]`; null without normalisation. */
  normScale: (() => tf.Tensor2D) | null;
  /** The dropout mask that this pass used `[B, w]`, or null. */
  readonly mask: tf.Tensor2D | null;
}

export interface MlpTrace {
  /** `[B, last width]`. */
  readonly output: tf.Tensor2D;
  readonly layers: readonly LayerTrace[];
}

/** What stands between the layers: takes the input of layer k and gives what the layer is to read instead, of the same shape. */
export type BeforeLayer = (h: tf.Tensor2D, k: number) => tf.Tensor2D;

export interface Mlp {
  readonly linears: readonly Linear[];
  readonly outputWidth: number;
  apply(x: tf.Tensor2D, inputs: NormInputs, mode: Mode, before?: BeforeLayer): MlpTrace;
}

/** Rest of a layer after its linear part; shared with tower banks. */
export function finishLayer(
  linear: tf.Tensor2D,
  norm: ReturnType<typeof createBatchNorm>,
  { slope = 0, dropout }: Pick<MlpOptions, 'slope' | 'dropout'>,
  inputs: NormInputs,
  mode: Mode,
): { readonly output: tf.Tensor2D; readonly trace: LayerTrace } {
  const normalised = norm?.apply(linear, inputs, mode) ?? null;
  const preActivation = normalised?.output ?? linear;
  const mask = dropoutMaskOf(preActivation, dropout, mode);
  return {
    output: maskedLeakyRelu(preActivation, slope, mask),
    trace: {
      preActivation,
      activationFactor: () => leakyReluDerivative(preActivation, slope),
      normScale: normalised ? () => normalised.inputScale() : null,
      mask,
    },
  };
}

/** Parameters `<name>.k.weight`, `<name>.k.bias` (without normalisation) or `<name>.k.norm.*`. */
export function createMlp(variables: VariableFactory, name: string, options: MlpOptions): Mlp {
  let input = options.input;
  const layers = options.widths.map((output, k) => {
    const linear = createLinear(variables, `${name}.${k}`, {
      input,
      output,
      bias: options.batchNorm === 'off' ? new Float32Array(output) : null,
    });
    const norm = createBatchNorm(
      variables,
      `${name}.${k}.norm`,
      output,
      options.batchNorm,
      options.scenarios,
    );
    input = output;
    return { linear, norm };
  });
  return {
    linears: layers.map(({ linear }) => linear),
    outputWidth: input,
    apply(x, inputs, mode, before = (h) => h) {
      const traces: LayerTrace[] = [];
      let h = x;
      layers.forEach(({ linear, norm }, k) => {
        const done = finishLayer(linear.apply(before(h, k)), norm, options, inputs, mode);
        traces.push(done.trace);
        h = done.output;
      });
      return { output: h, layers: traces };
    },
  };
}

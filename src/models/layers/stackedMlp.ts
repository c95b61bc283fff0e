/** E parallel MLPs (experts) as one stack. */
import type * as tf from '@tensorflow/tfjs-core';
import { dropoutMaskOf, maskedLeakyRelu, routedDense } from '../../engine';
import type { Mode, Parameter, VariableFactory } from '../../engine';
import { applyStackedLinear } from './stackedLinear';
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
  /** Slope below zero of the last layer, where it is another; 1 is no activation. */
  readonly outputSlope?: number;
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

/** One layer of a stack, for networks that do something between their layers. */
export interface StackedLayer {
  readonly outputWidth: number;
  /** One input for all `[B, in]`, or one each `[E, B, in]`; to `[E, B, out]`. */
  apply(x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): tf.Tensor3D;
  /** Each row through the layer that it is routed to, without normalisation: `x [R, in]`, one-hot `[R, E]`, to `[R, out]`. */
  routed(x: tf.Tensor2D, route: tf.Tensor2D, mode: Mode): tf.Tensor2D;
}

export interface StackedMlp {
  /** `<name>.k.weight`, one per layer. */
  readonly weights: readonly Parameter<tf.Tensor3D>[];
  readonly layers: readonly StackedLayer[];
  readonly outputWidth: number;
  /** One input for all `[B, in]`, or one each `[E, B, in]`; to `[E, B, out]`. */
  apply(x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): tf.Tensor3D;
  /**
   * Each row through the one network that it is routed to: `x [R, in]`, one-hot `[R, E]`, to `[R, out]`. Null with normalisation,
   * whose statistics are of all rows.
   */
  readonly routed: ((x: tf.Tensor2D, route: tf.Tensor2D, mode: Mode) => tf.Tensor2D) | null;
  /** The same as `apply`, with what `stackedInputGradient` needs. */
  trace(x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedMlpTrace;
}

/** Parameters `<name>.k.weight [E, in, out]`, `<name>.k.bias [E, out]` (without normalisation) or `<name>.k.norm.*`. */
export function createStackedMlp(
  variables: VariableFactory,
  name: string,
  options: StackedMlpOptions,
): StackedMlp {
  const { stack, scenarios, slope: inner = 0, outputSlope = inner, widths } = options;
  let input = options.input;
  const layers = widths.map((output, k) => {
    const slope = k === widths.length - 1 ? outputSlope : inner;
    const shape = [stack, input, output] as const;
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
    return { weight, bias, norm, slope };
  });
  type Layer = (typeof layers)[number];
  const traceLayer = (
    { weight, bias, norm, slope }: Layer,
    x: tf.Tensor2D | tf.Tensor3D,
    inputs: NormInputs,
    mode: Mode,
  ): { readonly output: tf.Tensor3D; readonly trace: StackedLayerTrace } => {
    const linear = applyStackedLinear(x, weight.tensor, bias?.tensor ?? null);
    const normalised = norm?.trace(linear, inputs, mode) ?? null;
    const u = normalised?.output ?? linear;
    const mask = dropoutMaskOf(u, options.dropout, mode);
    return {
      output: maskedLeakyRelu(u, slope, mask),
      trace: { preActivation: u, slope, norm: normalised, mask },
    };
  };
  const routeLayer = (
    { weight, bias, slope }: Layer,
    x: tf.Tensor2D,
    route: tf.Tensor2D,
    mode: Mode,
  ): tf.Tensor2D => {
    const u = routedDense(x, weight.tensor, bias?.tensor ?? null, route);
    return maskedLeakyRelu(u, slope, dropoutMaskOf(u, options.dropout, mode));
  };
  const trace = (x: tf.Tensor2D | tf.Tensor3D, inputs: NormInputs, mode: Mode): StackedMlpTrace => {
    const traces: StackedLayerTrace[] = [];
    let output: tf.Tensor3D | null = null;
    for (const layer of layers) {
      const done = traceLayer(layer, output ?? x, inputs, mode);
      traces.push(done.trace);
      output = done.output;
    }
    if (!output) throw new RangeError(`${name} needs at least one layer.`);
    return { output, layers: traces };
  };
  const routed = (x: tf.Tensor2D, route: tf.Tensor2D, mode: Mode): tf.Tensor2D =>
    layers.reduce((h, layer) => routeLayer(layer, h, route, mode), x);
  return {
    routed: options.batchNorm === 'off' ? routed : null,
    weights: layers.map(({ weight }) => weight),
    layers: layers.map((layer) => ({
      outputWidth: layer.weight.tensor.shape[2],
      apply: (x, inputs, mode) => traceLayer(layer, x, inputs, mode).output,
      routed: (x, route, mode) => routeLayer(layer, x, route, mode),
    })),
    outputWidth: input,
    trace,
    apply: (x, inputs, mode) => trace(x, inputs, mode).output,
  };
}

/** Scenario-aware representation interaction (Eq 10–13): a predictor whose every layer a hypernetwork scales. */
import type * as tf from '@tensorflow/tfjs-core';
import { dropout, leakyRelu, stopGradient } from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import type { DataShape } from '../../definition';
import {
  createGate,
  createLinear,
  createOwnLinear,
  priorBias,
  priorBiases,
  type Gate,
  type LinearOptions,
} from '../../layers';
import type { OptMsmSettings } from './settings';

export interface Prediction {
  /** `[B, 1]` */
  readonly logit: tf.Tensor2D;
  /** G_l of every layer `[B, width of R_l]`; empty without hypernetwork. */
  readonly scales: readonly Gate[];
}

export interface Predictor {
  /** Widths of what the hypernetwork scales, layer by layer. */
  readonly scaledWidths: readonly number[];
  /** `[B, in]`, one-hot `[B, N]`. */
  apply(r0: tf.Tensor2D, scenarioOneHot: tf.Tensor2D, mode: Mode): Prediction;
}

/**
 * Parameters `predictor.k.weight [N, in, out]`, `predictor.k.bias [N, out]`, `output.*` (without N where all scenarios share
 * it), and of the hypernetwork of layer k `hyper.k.hidden.*`, `hyper.k.scale.*` (with N where each scenario has its own).
 *
 * @param widths hidden layers.
 */
export function createPredictor(
  variables: VariableFactory,
  settings: OptMsmSettings,
  shape: DataShape,
  input: number,
  widths: readonly number[],
): Predictor {
  const { hypernetwork, hypernetworkOf, hyperHidden, hyperStopGrad, predictor } = settings;
  const linearOf = (of: 'own' | 'all', name: string, options: LinearOptions) =>
    of === 'own'
      ? createOwnLinear(variables, name, shape.scenarios, options)
      : createLinear(variables, name, options);
  const prior = (): Float32Array =>
    predictor === 'own' ? priorBiases(shape, settings.priorBias) : priorBias(shape, settings.priorBias);
  let width = input;
  const layers = [...widths, 1].map((output, k) => {
    const last = k === widths.length;
    const options = { input: width, output, ...(last && { bias: prior() }) };
    const name = last ? 'output' : `predictor.${k}`;
    const scale = hypernetwork
      ? {
          hidden: linearOf(hypernetworkOf, `hyper.${k}.hidden`, { input, output: hyperHidden }),
          scale: linearOf(hypernetworkOf, `hyper.${k}.scale`, { input: hyperHidden, output: width }),
        }
      : null;
    const linear = linearOf(predictor === 'own' ? 'own' : 'all', name, options);
    const made = { linear, scale, last, width };
    width = output;
    return made;
  });
  return {
    scaledWidths: hypernetwork ? layers.map((layer) => layer.width) : [],
    apply(r0, oneHot, mode) {
      const read = hyperStopGrad && hypernetwork ? stopGradient(r0) : r0;
      const scales: Gate[] = [];
      let h = r0;
      for (const { linear, scale, last } of layers) {
        if (scale) {
          // Twice a sigmoid: 1 in the mean, so that the start leaves the layer as it is.
          const hidden = leakyRelu(scale.hidden.apply(read, oneHot), 0);
          const gate = createGate(scale.scale.apply(hidden, oneHot), 2);
          scales.push(gate);
          h = gate.multiply(h);
        }
        const u = linear.apply(h, oneHot);
        h = last ? u : dropout(leakyRelu(u, 0), settings.dropout, mode);
      }
      return { logit: h, scales };
    },
  };
}

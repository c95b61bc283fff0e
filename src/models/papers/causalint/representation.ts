/**
 * Scenario-invariant representation (Eq 1–9): two extractors over the same embeddings, three classifiers, and the
 * cosine between two per-sample gradients, in closed form.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  bceLogitsGradient,
  matMulTransposed,
  normalizedSoftmaxError,
  pairInnerProducts,
  addOuterProduct,
  stackMatrices,
  stopGradient,
} from '../../../engine';
import type { Mode, VariableFactory } from '../../../engine';
import type { DataShape, Inputs } from '../../definition';
import {
  createLinear,
  createStackedMlp,
  logit,
  stackedInputGradient,
  type StackedMlpTrace,
} from '../../layers';
import type { CausalIntSettings } from './settings';

/** What the module's tasks produced. */
export interface Tasks {
  /** X_SR `[B, M]` (Eq 2). */
  readonly xSr: tf.Tensor2D;
  /** z₁ `[B, 1]` (Eq 3). */
  readonly generalLogit: tf.Tensor2D;
  /** Scenario logits `[B, N]` (Eq 5). */
  readonly scenarioLogit: tf.Tensor2D;
  /** z₃ `[B, 1]` (Eq 7). */
  readonly concatLogit: tf.Tensor2D;
  /** X' = X_IR − η ∇_{X_IR} Loss₁ (Eq 14), by each row's own Loss₁: the gradient is `(σ(z₁) − y) w₁ᵀ`. */
  innerStep(inputs: Inputs, rate: number, order: 'exact' | 'first'): tf.Tensor2D;
  /** ‖∇_{X_IR} Loss₁‖ of each row that counts `[B, 1]`. */
  innerLengths(inputs: Inputs): tf.Tensor2D;
  /**
   * Of the directions of ∇_E Loss₁ and ∇_E Loss₂ (Eq 9), row by row: inner product and both squared lengths `[B, 3]`. The
   * sign of the first is that of z₁, not of Loss₁.
   */
  gradients(oneHot: tf.Tensor2D): tf.Tensor2D;
}

/** One pass through the extractors and their classifiers. */
export interface Representation {
  /** X_IR `[B, M]` (Eq 1). */
  readonly xIr: tf.Tensor2D;
  /** What the module's tasks produced; null where the module is off. */
  readonly tasks: Tasks | null;
}

/** @throws Error where the module is off */
export function tasksOf({ tasks }: Representation): Tasks {
  if (!tasks) throw new Error('The representation has no tasks: its module is switched off.');
  return tasks;
}

interface RepresentationModule {
  /** Width of X. */
  readonly width: number;
  apply(e: tf.Tensor2D, inputs: Inputs, mode: Mode): Representation;
}

/** Keeps a division by a length of zero finite. */
export const LENGTH_FLOOR = 1e-12;

/**
 * Parameters `extractor.k.* [2, …]` (0 invariant, 1 scenario), `general.*`, `scenarioClassifier.*`, `concatClassifier.*`;
 * with the module off, `extractor.k.* [1, …]` alone.
 */
export function createRepresentation(
  variables: VariableFactory,
  settings: CausalIntSettings,
  shape: DataShape,
  input: number,
): RepresentationModule {
  const { hidden, batchNorm, dropout, leakySlope: slope, invar, priorBias } = settings;
  const extractor = createStackedMlp(variables, 'extractor', {
    stack: invar ? 2 : 1,
    input,
    widths: hidden,
    batchNorm,
    scenarios: shape.scenarios,
    dropout,
    slope,
  });
  const width = extractor.outputWidth;
  const side = (trace: StackedMlpTrace, index: number): tf.Tensor2D => {
    const [, batch] = trace.output.shape;
    return tf.reshape(tf.slice3d(trace.output, [index, 0, 0], [1, batch, width]), [batch, width]);
  };
  if (!invar) {
    return {
      width,
      apply: (e, inputs, mode) => ({ xIr: side(extractor.trace(e, inputs, mode), 0), tasks: null }),
    };
  }

  const prior = (): Float32Array => Float32Array.of(priorBias === 'on' ? logit(shape.clickRate) : 0);
  const general = createLinear(variables, 'general', { input: width, output: 1, bias: prior() });
  const classifier = createLinear(variables, 'scenarioClassifier', {
    input: width,
    output: shape.scenarios,
  });
  const joint = createLinear(variables, 'concatClassifier', { input: 2 * width, output: 1, bias: prior() });
  const generalRow = (): tf.Tensor2D => tf.reshape(general.weight.tensor, [1, width]);

  return {
    width,
    apply(e, inputs, mode) {
      const trace = extractor.trace(e, inputs, mode);
      const xIr = side(trace, 0);
      const xSr = side(trace, 1);
      const generalLogit = general.apply(xIr);
      const scenarioLogit = classifier.apply(xSr);
      const concatLogit = joint.apply(tf.concat2d([xIr, xSr], 1));
      // Padding rows have weight 0 and stay where they are.
      const slope = ({ label, weight }: Inputs): tf.Tensor2D =>
        bceLogitsGradient(generalLogit, label, weight);
      const innerStep = (of: Inputs, rate: number, order: 'exact' | 'first'): tf.Tensor2D => {
        const [length, direction] = [slope(of), generalRow()];
        return order === 'exact'
          ? addOuterProduct(xIr, length, direction, -rate)
          : addOuterProduct(xIr, stopGradient(length), stopGradient(direction), -rate);
      };
      const gradients = (oneHot: tf.Tensor2D): tf.Tensor2D => {
        // A cosine ignores length, so ∂Loss₁/∂z₁ is dropped and softmax − one-hot is scaled to length 1: late in
        // training both are so small that their squares would drown in the floor.
        const miss = normalizedSoftmaxError(scenarioLogit, oneHot, LENGTH_FLOOR);
        const byGeneral = tf.tile(generalRow(), [xIr.shape[0], 1]);
        const byClassifier = matMulTransposed(miss, classifier.weight.tensor);
        const delta = stackMatrices([byGeneral, byClassifier]);
        return pairInnerProducts(stackedInputGradient(extractor, trace, delta));
      };
      const innerLengths = (of: Inputs): tf.Tensor2D =>
        tf.mul<tf.Tensor2D>(tf.abs(slope(of)), tf.norm(general.weight.tensor));
      return {
        xIr,
        tasks: { xSr, generalLogit, scenarioLogit, concatLogit, innerStep, innerLengths, gradients },
      };
    },
  };
}

/**
 * Scenario-invariant representation (Eq 1–9): two extractors over the same embeddings, three classifiers, and the
 * cosine between two per-sample gradients, in closed form.
 */
import * as tf from '@tensorflow/tfjs-core';
import { matMul, softmaxLast } from '../../../engine';
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

/** One pass through the extractors and their classifiers. */
export interface Representation {
  /** X_IR `[B, M]` (Eq 1). */
  readonly xIr: tf.Tensor2D;
  /** What the module's tasks produced; null where the module is off. */
  readonly tasks: {
    /** X_SR `[B, M]` (Eq 2). */
    readonly xSr: tf.Tensor2D;
    /** z₁ `[B, 1]` (Eq 3). */
    readonly generalLogit: tf.Tensor2D;
    /** Scenario logits `[B, N]` (Eq 5). */
    readonly scenarioLogit: tf.Tensor2D;
    /** z₃ `[B, 1]` (Eq 7). */
    readonly concatLogit: tf.Tensor2D;
    /** ∇_{X_IR} Loss₁ of each sample: `(sigmoid(z₁) − y) w₁ᵀ` `[B, M]` (Eq 14). */
    innerGradient(label: tf.Tensor2D): tf.Tensor2D;
    /** Eq 9 before norm and mean: both gradients by E and their cosine. */
    gradients(oneHot: tf.Tensor2D): EmbeddingGradients;
  } | null;
}

/** Directions of ∇_E Loss₁ and ∇_E Loss₂, row by row; the sign of the first is that of z₁, not of Loss₁. */
export interface EmbeddingGradients {
  /** Inner product `[B, 1]`. */
  readonly inner: tf.Tensor2D;
  /** Product of the squared lengths `[B, 1]`. */
  readonly squaredLengths: tf.Tensor2D;
}

export interface RepresentationModule {
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
      const innerGradient = (label: tf.Tensor2D): tf.Tensor2D =>
        tf.mul(tf.sub(tf.sigmoid(generalLogit), label), generalRow());
      const gradients = (oneHot: tf.Tensor2D): EmbeddingGradients => {
        // A cosine ignores length, so ∂Loss₁/∂z₁ is dropped and softmax − one-hot is scaled to length 1: late in
        // training both are so small that their squares would drown in the floor.
        const miss = tf.sub(softmaxLast(scenarioLogit), oneHot);
        const length = tf.sqrt(tf.add(tf.sum(tf.square(miss), 1, true), LENGTH_FLOOR));
        const byGeneral = tf.tile(generalRow(), [xIr.shape[0], 1]);
        const byClassifier = matMul(
          tf.div(miss, length),
          tf.transpose(classifier.weight.tensor as tf.Tensor2D),
        );
        const byInput = stackedInputGradient(
          extractor,
          trace,
          tf.stack([byGeneral, byClassifier]) as tf.Tensor3D,
        );
        return compare(byInput);
      };
      return { xIr, tasks: { xSr, generalLogit, scenarioLogit, concatLogit, innerGradient, gradients } };
    },
  };
}

/** Inner product and lengths of the two stacked gradients `[2, B, w]`. */
function compare(gradients: tf.Tensor3D): EmbeddingGradients {
  const [first, second] = tf.unstack(gradients) as [tf.Tensor2D, tf.Tensor2D];
  const squares = tf.sum(tf.square(gradients), 2, true);
  const [one, two] = tf.unstack(squares) as [tf.Tensor2D, tf.Tensor2D];
  return { inner: tf.sum(tf.mul(first, second), 1, true), squaredLengths: tf.mul(one, two) };
}

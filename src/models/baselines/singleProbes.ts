/** Pictures that single-scenario models share: parts of a logit, weights of fields and of pairs of fields. */
import * as tf from '@tensorflow/tfjs-core';
import { transposedMatMul } from '../../engine';
import type { Collector } from '../collect';
import type { DataShape, Inputs, Probe, ProbeAxis, ProbeTensor } from '../definition';
import type { FieldReader } from '../layers';
import { scenarioAxis, sumByScenario } from '../probes';

/** The F' fields that a model reads. */
export const fieldAxis = ({ names }: FieldReader): ProbeAxis => ({ name: 'field', labels: names });

/** Number of rows that count, a scalar. */
export const rowCount = ({ weight }: Pick<Inputs, 'weight'>): tf.Scalar => tf.sum<tf.Scalar>(weight);

/** Sum over rows that count of `values [B, ...]`, to `[...]`. */
export function sumOfRows(values: tf.Tensor, { weight }: Pick<Inputs, 'weight'>): tf.Tensor {
  const [rows = 0, ...rest] = values.shape;
  const flat = tf.reshape<tf.Rank.R2>(values, [rows, values.size / rows]);
  return tf.reshape(transposedMatMul(weight, flat), rest);
}

/** `parts [N, parts]`: how far what each part adds to the logit differs from row to row of a scenario. */
export function partsProbe(
  shape: DataShape,
  labels: readonly string[],
): Probe<{ readonly parts: () => tf.Tensor2D }> {
  return {
    name: 'parts',
    topic: 'gates',
    title: 'How far each part moves the score',
    reading:
      'The standard deviation of what a part adds to the logit, over a scenario’s rows: a part near 0 ranks nothing.',
    equation: String.raw`z = \textstyle\sum_p z_p + b,\quad \mathrm{sd}_{x \in s}\, z_p(x)`,
    axes: [scenarioAxis(shape), { name: 'part', labels }],
    scale: 'value',
    quantity: 'deviation of the logit',
    compute(pass, inputs) {
      const parts = pass.parts();
      return { ...sumByScenario(parts, inputs), squares: sumByScenario(tf.square(parts), inputs).sum };
    },
  };
}

/** A parameter's values. @throws RangeError where the model has none of that name */
export function parameterNamed({ parameters }: Collector, name: string): tf.Tensor {
  const found = parameters.find((parameter) => parameter.name === name);
  if (!found) throw new RangeError(`The model has no parameter ${name}.`);
  return found.tensor;
}

/** Rows and columns of a matrix, or of each of a stack of them. */
export function sizesOf({ shape }: tf.Tensor): readonly [rows: number, columns: number] {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

/**
 * Lengths of a weight's blocks: `weight [in, out]` (or `[N, in, out]`, the mean over N) as `rows x columns` blocks of equal size, to
 * `[rows, columns]`.
 */
export function blockNorms(weight: tf.Tensor, rows: number, columns: number): tf.Tensor2D {
  const [input, output] = sizesOf(weight);
  const networks = weight.size / (input * output);
  const blocks = tf.reshape(tf.square(weight), [networks * rows, input / rows, columns, output / columns]);
  const squares = tf.sum(tf.sum(blocks, 3), 1);
  return tf.mean(tf.reshape(tf.sqrt(squares), [networks, rows, columns]), 0);
}

/** A weight as an evaluation adds it up: once a batch. */
export const asWeight = (weight: tf.Tensor): ProbeTensor => ({ sum: weight, count: tf.scalar(1) });

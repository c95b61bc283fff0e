/** What models with a linear part over fields show of it. */
import type * as tf from '@tensorflow/tfjs-core';
import type { DataShape, Pass, Probe } from '../definition';
import type { FieldReader } from '../layers';
import { scenarioAxis, sumByScenario } from '../probes';

export interface LinearPass extends Pass {
  /** Weight of each field's value `[B, F']`. */
  readonly linear: tf.Tensor2D;
}

/** `fieldWeights [N, F']`: what each field's value adds to the logit, on average over a scenario's rows. */
export function fieldWeights(
  shape: DataShape,
  { names }: FieldReader,
): Probe<{ readonly linear: tf.Tensor2D }> {
  return {
    name: 'fieldWeights',
    topic: 'gates',
    title: 'What each field adds to the logit',
    reading:
      'A row is a scenario’s mean linear weights of its rows’ values: red raises the click’s odds, blue lowers them.',
    equation: String.raw`\operatorname{mean}_{x \in s} w_{x_f}`,
    axes: [scenarioAxis(shape), { name: 'field', labels: names }],
    scale: 'signed',
    quantity: 'weight',
    compute: ({ linear }, inputs) => sumByScenario(linear, inputs),
  };
}

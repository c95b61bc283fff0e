/** Parts that models' probes are made of. */
import * as tf from '@tensorflow/tfjs-core';
import { matMul } from '../engine';
import type { DataShape, Inputs, Probe, ProbeTensor } from './definition';

type AxisShape = Pick<DataShape, 'scenarioIds' | 'clustered'>;

/** Axis labels of the scenarios, or of the clusters that stand in their place. */
export function scenarioAxis({ scenarioIds, clustered }: AxisShape) {
  return { name: clustered ? 'cluster' : 'scenario', labels: scenarioIds } as const;
}

/** The same for others that a scenario looks at; `labels` where they are not all of them. */
export function otherScenarioAxis(
  { scenarioIds, clustered }: AxisShape,
  labels: readonly string[] = scenarioIds,
) {
  return { name: clustered ? 'cluster' : 'otherScenario', labels } as const;
}

/** `one 1 … one k`; numbers alone where `one` is empty. */
export function numbered(one: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${one} ${index + 1}`.trimStart());
}

/** Sum of `values [B, k]` by scenario and the number of rows of each: `[N, k]`, `[N]`. Padding does not count. */
export function sumByScenario(
  values: tf.Tensor2D,
  inputs: Pick<Inputs, 'scenarioOneHot' | 'weight'>,
): ProbeTensor {
  const rows = tf.mul<tf.Tensor2D>(inputs.scenarioOneHot, inputs.weight);
  return { sum: matMul(tf.transpose(rows), values), count: tf.sum(rows, 0) };
}

/** What several probes of one pass read, computed once: the result for the latest pass is kept. */
export function oncePerPass<P extends object, T>(
  compute: (pass: P, inputs: Inputs) => T,
): (pass: P, inputs: Inputs) => T {
  let latest: { readonly pass: P; readonly value: T } | null = null;
  return (pass, inputs) => {
    if (latest?.pass !== pass) latest = { pass, value: compute(pass, inputs) };
    return latest.value;
  };
}

interface VectorsProbe<P> {
  readonly name: string;
  readonly title: string;
  readonly reading: string;
  readonly equation: string;
  readonly vectors: (pass: P, inputs: Inputs) => tf.Tensor;
}

/** One vector a row `[batch, units]`; a point's scenario is the row's. */
export function rowVectors<P>(probe: VectorsProbe<P>): Probe<P> {
  return {
    ...probe,
    topic: 'representation',
    axes: [{ name: 'row' }, { name: 'unit' }],
    source: 'rows',
    scale: 'value',
  };
}

/** One vector a row and scenario `[batch, N, units]`; a point's scenario is that of the vector. */
export function scenarioVectors<P>(probe: VectorsProbe<P>): Probe<P> {
  return {
    ...probe,
    topic: 'representation',
    axes: [{ name: 'row' }, { name: 'scenario' }, { name: 'unit' }],
    source: 'rows',
    scale: 'value',
  };
}

/** What most networks end with: the layer that the click logit is a linear function of. */
export const lastLayer = rowVectors<{ readonly lastLayer: tf.Tensor2D }>({
  name: 'lastLayer',
  title: 'Last hidden layer',
  reading: 'The logit is a linear function of this layer, so rows that stand together are scored alike.',
  equation: String.raw`h_L,\quad \hat y = \sigma(w^\top h_L + b)`,
  vectors: (pass) => pass.lastLayer,
});

/** What a scenario's tower reads of experts that it mixes. */
export const mixedExperts = rowVectors<{ readonly mixed: tf.Tensor2D }>({
  name: 'mixed',
  title: 'Mixed experts, before the tower',
  reading: 'The experts as the row’s own scenario mixes them: scenarios that share their experts overlap.',
  equation: String.raw`f^n(x) = \textstyle\sum_e g^n_e(x)\, f_e(x)`,
  vectors: (pass) => pass.mixed,
});

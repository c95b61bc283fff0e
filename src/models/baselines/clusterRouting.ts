/**
 * Which of K distributions a row belongs to (AdaptDHM, ADL): the nearest of K centres that follow the rows' embeddings. Centres are
 * states, moved by every training batch and by no gradient; an evaluation reads them as they are.
 */
import * as tf from '@tensorflow/tfjs-core';
import { matMulTransposed, oneHotRows, softmaxLast, stopGradient, transposedMatMul } from '../../engine';
import type { Mode, StateTensor, VariableFactory } from '../../engine';
import type { DataShape, Inputs, Probe } from '../definition';
import { numbered, scenarioAxis, sumByScenario } from '../probes';
import { hyper } from '../settings';

export const routingFields = {
  clusters: hyper.int({
    label: 'Clusters K',
    help: 'Distributions that rows are sorted into, each with weights of its own.',
    default: 3,
    min: 1,
    max: 16,
    paper: '–',
  }),
  routingSteps: hyper.int({
    label: 'Routing steps T',
    help: 'How often a training step sorts its rows and moves the centres.',
    default: 3,
    min: 1,
    max: 10,
    paper: '3',
  }),
  beta: hyper.real({
    label: 'Centre inertia β',
    help: 'How much of a centre stays when a batch moves it.',
    default: 0.9,
    min: 0,
    max: 0.999,
    step: 0.01,
    paper: '0.9',
  }),
  sharpness: hyper.real({
    label: 'Sharpness',
    help: 'What similarities are multiplied by before the softmax. At 1, as printed, centres of small embeddings become one.',
    default: 100,
    min: 0.1,
    max: 1000,
    scale: 'log',
    advanced: true,
    paper: '1',
  }),
} as const;

interface RoutingSettings {
  readonly clusters: number;
  readonly routingSteps: number;
  readonly beta: number;
  readonly sharpness: number;
}

interface RoutingOptions {
  /** D, what a row is sorted by. */
  readonly width: number;
  /** Whether each routing step moves the centres by inertia, or all of them freely and the batch's last centres once. */
  readonly inertia: 'step' | 'batch';
}

export interface Routed {
  /** Distribution coefficients `[B, K]`, which sum to 1. */
  readonly coefficients: tf.Tensor2D;
  /** The row's cluster as a one-hot `[B, K]`. */
  readonly route: tf.Tensor2D;
}

export interface ClusterRouting {
  /** Rows of unit length `[K, D]`. */
  readonly centre: StateTensor<tf.Tensor2D>;
  /** Sorts rows by `x [B, D]`, whose gradient stops here; in training it moves the centres first. */
  apply(x: tf.Tensor2D, inputs: Pick<Inputs, 'weight'>, mode: Mode): Routed;
}

/** Keeps the length of a row of zeros from dividing by 0. */
const LENGTH_FLOOR = 1e-12;

/** Every row at unit length. */
function unitRows(x: tf.Tensor2D): tf.Tensor2D {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), 1, true), LENGTH_FLOOR)));
}

/** K random directions. */
function randomDirections(variables: VariableFactory, clusters: number, width: number): Float32Array {
  const values = variables.normal('centre', [clusters, width], 0, 1);
  for (let k = 0; k < clusters; k++) {
    const row = values.subarray(k * width, (k + 1) * width);
    const length = Math.hypot(...row);
    for (let c = 0; c < width; c++) row[c]! /= length;
  }
  return values;
}

/** State `centre [K, D]`. */
export function createClusterRouting(
  variables: VariableFactory,
  { clusters, routingSteps, beta, sharpness }: RoutingSettings,
  { width, inertia }: RoutingOptions,
): ClusterRouting {
  const initial = randomDirections(variables, clusters, width);
  const centre = variables.state('centre', [clusters, width], initial);
  const coefficientsOf = (x: tf.Tensor2D, centres: tf.Tensor2D): tf.Tensor2D =>
    softmaxLast(tf.mul<tf.Tensor2D>(matMulTransposed(x, centres), sharpness));
  const blend = (old: tf.Tensor2D, fresh: tf.Tensor2D): tf.Tensor2D =>
    unitRows(tf.add(tf.mul(old, beta), tf.mul(fresh, 1 - beta)));

  function moved(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D {
    const counted = tf.mul<tf.Tensor2D>(x, weight);
    let now = centre.tensor;
    for (let step = 0; step < routingSteps; step++) {
      const fresh = unitRows(transposedMatMul(coefficientsOf(x, now), counted));
      now = inertia === 'step' ? blend(now, fresh) : fresh;
    }
    return inertia === 'step' ? now : blend(centre.tensor, now);
  }

  return {
    centre,
    apply(given, { weight }, mode) {
      const x = stopGradient(given);
      let centres = centre.tensor;
      if (mode.kind === 'train') {
        centres = moved(x, weight);
        mode.recordState(centre, centres);
      }
      const nearest = tf.argMax<tf.Tensor1D>(matMulTransposed(x, centres), 1);
      return { coefficients: coefficientsOf(x, centres), route: oneHotRows(nearest, clusters) };
    },
  };
}

/** What a routing shows: where scenarios' rows go, how surely, and how alike the centres are. */
export function routingProbes(
  shape: DataShape,
  { centre }: ClusterRouting,
): readonly Probe<{ readonly routed: Routed }>[] {
  const clusters = numbered('cluster', centre.shape[0] ?? 0);
  const axes = [scenarioAxis(shape), { name: 'expert', labels: clusters }] as const;
  return [
    {
      name: 'clusters',
      topic: 'clusters',
      title: 'Where each scenario’s rows go',
      reading: 'A row is the share of a scenario’s evaluation rows that each cluster takes; it sums to 1.',
      equation: String.raw`k(x) = \arg\max_j x^\top c_j`,
      axes,
      scale: 'share',
      compute: ({ routed }, inputs) => sumByScenario(routed.route, inputs),
    },
    {
      name: 'coefficients',
      topic: 'clusters',
      title: 'How surely rows are sorted',
      reading:
        'Mean distribution coefficients of a scenario’s rows: all alike where no centre stands out, 1 in one cluster where it does.',
      equation: String.raw`r_{ij} = \mathrm{softmax}_j(x_i^\top c_j)`,
      axes,
      scale: 'share',
      compute: ({ routed }, inputs) => sumByScenario(routed.coefficients, inputs),
    },
    {
      name: 'centreSimilarity',
      topic: 'clusters',
      title: 'How alike the centres are',
      reading: 'Cosine of each pair of centres; all at 1 would be one cluster under several names.',
      equation: String.raw`c_j^\top c_k`,
      axes: [
        { name: 'expert', labels: clusters },
        { name: 'candidate', labels: clusters },
      ],
      scale: 'signed',
      quantity: 'cosine',
      compute: () => ({ sum: matMulTransposed(centre.tensor, centre.tensor), count: tf.scalar(1) }),
    },
  ];
}

/**
 * Which scenarios' networks a row is sent through, where a model combines what several scenarios' networks say of one row.
 *
 * A row asks all N scenarios while that is at most `peers` others. Beyond, it asks a pool, the `peers` scenarios with most
 * training rows, and its own: a step's cost then stays the same however many scenarios there are.
 */
import * as tf from '@tensorflow/tfjs-core';
import { oneHotRows, routeRows } from '../../engine';
import type { Mode } from '../../engine';
import type { DataShape, Inputs } from '../definition';
import type { OwnLinear } from './linear';
import { applyStackedLinear, isShared } from './stackedLinear';
import type { StackedLayer, StackedMlp } from './stackedMlp';

/** A batch's rows by the slots that they ask; S slots a row. */
export interface AskedRows {
  /** 1 at the slot of the row's own scenario `[B, S]`. */
  readonly own: tf.Tensor2D;
  /** 1 at the slots of other scenarios `[B, S]`. */
  readonly others: tf.Tensor2D;
  /** 1 wherever a slot counts `[B, S]`: a scenario of the pool doesn't count twice in its own rows. */
  readonly present: tf.Tensor2D;
  /** Whose network answers in each slot, slot after slot `[S * B, N]`; null where the slots are the scenarios. */
  readonly route: tf.Tensor2D | null;
  /**
   * The same where every scenario has `experts` networks, stacked one scenario after the other: which answers, for each slot's
   * first, second, … network in turn `[S * experts * B, N * experts]`.
   */
  routeTo(experts: number): tf.Tensor2D | null;
}

/** What of a batch tells whose its rows are. */
export type RowsOfScenarios = Pick<Inputs, 'batch' | 'scenario' | 'scenarioOneHot'>;

export interface AskedScenarios {
  /** S: N, or the pool and one more, the row's own. */
  readonly slots: number;
  /** The pool, most rows first; null where the slots are the scenarios. */
  readonly pool: readonly number[] | null;
  /** Names of the slots. */
  readonly labels: readonly string[];
  rows(inputs: RowsOfScenarios): AskedRows;
}

/** The `count` scenarios with most training rows, most first; of equals the earlier. */
function largest({ scenarios, scenarioRows }: DataShape, count: number): number[] {
  const order = Array.from({ length: scenarios }, (_, n) => n);
  return order.sort((a, b) => scenarioRows[b]! - scenarioRows[a]! || a - b).slice(0, count);
}

/** @param peers how many other scenarios a row asks at most, at least 1 */
export function askScenarios(shape: DataShape, peers: number): AskedScenarios {
  const { scenarios, scenarioIds } = shape;
  if (scenarios <= peers + 1) {
    return {
      slots: scenarios,
      pool: null,
      labels: scenarioIds,
      rows: ({ scenarioOneHot: own }) => ({
        own,
        others: tf.sub(1, own),
        present: tf.onesLike(own),
        route: null,
        routeTo: () => null,
      }),
    };
  }
  const pool = largest(shape, peers);
  const places = new Float32Array(scenarios * peers);
  pool.forEach((n, slot) => (places[n * peers + slot] = 1));
  return {
    slots: peers + 1,
    pool,
    labels: [...pool.map((n) => scenarioIds[n] ?? String(n)), 'own'],
    rows({ batch, scenario, scenarioOneHot }) {
      const inPool = routeRows(tf.tensor2d(places, [scenarios, peers]), scenarioOneHot);
      const [zeros, ones] = [tf.zeros<tf.Rank.R2>([batch, 1]), tf.ones<tf.Rank.R2>([batch, 1])];
      const others = tf.sub<tf.Tensor2D>(1, inPool);
      const whose = [
        ...pool.map((n) => tf.fill<tf.Rank.R1>([batch], n)),
        tf.cast<tf.Tensor1D>(scenario, 'float32'),
      ];
      const routeTo = (experts: number): tf.Tensor2D => {
        const each = whose.flatMap((n) =>
          Array.from({ length: experts }, (_, k) => tf.add<tf.Tensor1D>(tf.mul(n, experts), k)),
        );
        return oneHotRows(tf.cast(tf.concat1d(each), 'int32'), scenarios * experts);
      };
      let route: tf.Tensor2D | null = null;
      return {
        own: tf.concat2d([tf.zerosLike(inPool), ones], 1),
        others: tf.concat2d([others, zeros], 1),
        present: tf.concat2d([others, ones], 1),
        // Not all models ask one network a scenario.
        get route() {
          return (route ??= routeTo(1));
        },
        routeTo,
      };
    },
  };
}

/** The rows of every slot one after the other `[S * B, in]`. */
function rowsOfSlots(x: tf.Tensor2D | tf.Tensor3D, slots: number): tf.Tensor2D {
  return isShared(x) ? tf.tile(x, [slots, 1]) : tf.reshape(x, [-1, x.shape[2]]);
}

/** `[S * B, out]` as `[S, B, out]`. */
function bySlot(rows: tf.Tensor2D, slots: number): tf.Tensor3D {
  return tf.reshape(rows, [slots, rows.shape[0] / slots, rows.shape[1]]);
}

/** A linear layer of each scenario's, asked: `x [B, in]` for all slots or one each `[S, B, in]`, to `[S, B, out]`. */
export function askLinear(
  linear: OwnLinear,
  x: tf.Tensor2D | tf.Tensor3D,
  { route, own }: AskedRows,
): tf.Tensor3D {
  if (!route) return applyStackedLinear(x, linear.weight.tensor, linear.bias?.tensor ?? null);
  const slots = own.shape[1];
  return bySlot(linear.apply(rowsOfSlots(x, slots), route), slots);
}

/** A hidden layer of each scenario's, asked; shapes as `askLinear`. The stack has no normalisation. */
export function askLayer(
  layer: StackedLayer,
  x: tf.Tensor2D | tf.Tensor3D,
  { route, own }: AskedRows,
  inputs: Inputs,
  mode: Mode,
): tf.Tensor3D {
  if (!route) return layer.apply(x, inputs, mode);
  const slots = own.shape[1];
  return bySlot(layer.routed(rowsOfSlots(x, slots), route, mode), slots);
}

/**
 * Several networks of each scenario's, stacked one scenario after the other, asked with one input for all `x [B, in]`: slot by slot
 * each of its networks, `[S * experts, B, w]`.
 */
export function askExperts(
  stack: StackedMlp,
  experts: number,
  x: tf.Tensor2D,
  asked: AskedRows,
  inputs: Inputs,
  mode: Mode,
): tf.Tensor3D {
  const route = asked.routeTo(experts);
  if (!route || !stack.routed) return stack.apply(x, inputs, mode);
  const count = asked.own.shape[1] * experts;
  return bySlot(stack.routed(rowsOfSlots(x, count), route, mode), count);
}

/** All layers of each scenario's network, asked; shapes as `askLinear`. */
export function askStack(
  { layers }: StackedMlp,
  x: tf.Tensor2D | tf.Tensor3D,
  asked: AskedRows,
  inputs: Inputs,
  mode: Mode,
): tf.Tensor3D {
  const [first, ...rest] = layers;
  if (!first) throw new RangeError('A network that is asked needs at least one layer.');
  return rest.reduce(
    (h, layer) => askLayer(layer, h, asked, inputs, mode),
    askLayer(first, x, asked, inputs, mode),
  );
}

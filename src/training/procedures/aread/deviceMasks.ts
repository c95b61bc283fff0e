/**
 * Pruning on the device, so that a search reads nothing back while a candidate trains. The same rules as
 * `models/papers/aread/masks` (`pruneMask`, `validateMask`), edge for edge.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assignState } from '../../../engine';
import type { StateTensor } from '../../../engine';
import { pruneMask } from '../../../models/papers/aread/masks';
import type { MaskLayout } from '../../../models/papers/aread/masks';

export interface DeviceMasks {
  /** One pruning step with its check for complete paths: `mask`, `values` `[E]`, to the next mask `[E]`. */
  prune(mask: tf.Tensor1D, values: tf.Tensor1D): tf.Tensor1D;
  /** Keeps the edges on complete paths `[E]`. */
  validate(mask: tf.Tensor1D): tf.Tensor1D;
  dispose(): void;
}

/** @param counts how many edges to prune when n are left, from `pruneCounts`. */
export function createDeviceMasks(layout: MaskLayout, counts: Int32Array): DeviceMasks {
  const { edges, transitions, experts } = layout;
  // 1 where the column's edge stands before the row's: of equal values the first falls first.
  const before = tf.keep(
    tf.tensor2d(
      Float32Array.from({ length: edges * edges }, (_, at) => (at % edges < Math.floor(at / edges) ? 1 : 0)),
      [edges, edges],
    ),
  );
  const prunes = tf.keep(tf.tensor1d(Float32Array.from(counts)));

  const split = (mask: tf.Tensor1D): tf.Tensor2D[] =>
    transitions.map(({ rows, columns, offset }) =>
      tf.reshape(tf.slice(mask, [offset], [rows * columns]), [rows, columns]),
    );

  function validate(mask: tf.Tensor1D): tf.Tensor1D {
    const parts = split(mask);
    let fed = tf.ones([experts[0]!, 1]);
    const fromBelow = parts.map((part) => {
      const here = tf.mul(part, fed);
      fed = tf.reshape(tf.max(here, 0), [part.shape[1], 1]);
      return here;
    });
    let read = tf.ones([1, experts[experts.length - 1]!]);
    const kept: tf.Tensor1D[] = [];
    for (let t = parts.length - 1; t >= 0; t--) {
      const { rows, columns } = transitions[t]!;
      kept.unshift(tf.reshape(tf.mul(fromBelow[t]!, read), [rows * columns]));
      read = tf.reshape(tf.max(tf.mul(parts[t]!, read), 1), [1, rows]);
    }
    return tf.concat1d(kept);
  }

  return {
    validate: (mask) => tf.tidy(() => validate(mask)),
    prune: (mask, values) =>
      tf.tidy(() => {
        const row = tf.reshape(values, [edges, 1]);
        const column = tf.reshape(values, [1, edges]);
        const smaller = tf.add(
          tf.cast(tf.less(column, row), 'float32'),
          tf.mul(tf.cast(tf.equal(column, row), 'float32'), before),
        );
        // How many kept edges fall before this one.
        const rank = tf.sum(tf.mul(smaller, tf.reshape(mask, [1, edges])), 1);
        const count = tf.gather(prunes, tf.cast(tf.reshape(tf.sum(mask), [1]), 'int32'));
        const pruned = tf.mul(mask, tf.cast(tf.greaterEqual(rank, count), 'float32'));
        const valid = validate(pruned as tf.Tensor1D);
        const alive = tf.max(valid);
        return tf.add<tf.Tensor1D>(tf.mul(alive, valid), tf.mul(tf.sub(1, alive), mask));
      }),
    dispose: () => tf.dispose([before, prunes]),
  };
}

/**
 * Pruning where the search trains: on the device, or on the host where tensors lie there anyway and an operation costs more than its
 * arithmetic. The masks are the same, edge for edge.
 */
export function createPruning(
  layout: MaskLayout,
  counts: Int32Array,
): Pick<DeviceMasks, 'prune' | 'dispose'> {
  if (tf.getBackend() === 'webgpu') return createDeviceMasks(layout, counts);
  return {
    prune: (mask, values) => {
      const kept = Uint8Array.from(mask.dataSync<'float32'>());
      return tf.tensor1d(Float32Array.from(pruneMask(layout, kept, values.dataSync<'float32'>(), counts)));
    },
    dispose: () => {},
  };
}

/**
 * Writes one scenario's mask into the model's states; the others' stay.
 *
 * @param row 1 at the scenario, else 0 `[N, 1, 1]`.
 */
export function writeScenarioMask(
  states: readonly StateTensor[],
  layout: MaskLayout,
  row: tf.Tensor3D,
  mask: tf.Tensor1D,
): void {
  tf.tidy(() => {
    states.forEach((state, t) => {
      const { rows, columns, offset } = layout.transitions[t]!;
      const own = tf.reshape(tf.slice(mask, [offset], [rows * columns]), [1, rows, columns]);
      assignState(state, tf.add(tf.mul(state.tensor, tf.sub(1, row)), tf.mul(row, own)));
    });
  });
}

/** Writes all scenarios' masks `[N * E]` into the model's states. */
export function writeMasks(states: readonly StateTensor[], layout: MaskLayout, masks: Float32Array): void {
  const scenarios = masks.length / layout.edges;
  states.forEach((state, t) => {
    const { rows, columns, offset } = layout.transitions[t]!;
    const size = rows * columns;
    const values = new Float32Array(scenarios * size);
    for (let d = 0; d < scenarios; d++) {
      const from = d * layout.edges + offset;
      values.set(masks.subarray(from, from + size), d * size);
    }
    assignState(state, values);
  });
}

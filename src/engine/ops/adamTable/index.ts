/**
 * Adam over an embedding table on WASM, in one pass over the rows that any batch has touched so far. The others have zero
 * moments and a zero gradient, and Adam leaves them as they are: this is dense Adam to the bit, at the price of the rows in use.
 */
import * as tf from '@tensorflow/tfjs-core';
import { pointer, wasmKernels } from '../../backends/wasm/module';
import { defineOperation } from '../../operation/defineOperation';
import type { RowPlan } from '../../rowPlan';
import type { AdamRates, AdamSlotRates } from '../adam';

interface TableAttributes extends AdamRates, Pick<AdamSlotRates, 'stepSize' | 'inverseRoot'> {
  /** Segments in use. */
  readonly unique: number;
  /** Added to a row's gradient for each of its occurrences: this times the row's weights. */
  readonly pull: number;
}

const operation = defineOperation({
  name: 'adamTable',
  shapes: 'target: V,dim; moments: 2,n; marks: V; gradient: M,dim; rows: S; order: M; starts: P',
  inPlace: {
    host(
      { target, moments, marks, gradient, rows, order, starts },
      { unique, pull, beta1, beta2, stepSize, inverseRoot, epsilon }: TableAttributes,
      { V, dim },
    ) {
      const first = pointer(moments);
      wasmKernels()!.run.adamTable(
        ...([pointer(target), first, first + 4 * V * dim, pointer(marks), V, dim] as const),
        ...([pointer(gradient), pointer(rows), pointer(order), pointer(starts), unique, pull] as const),
        ...([beta1, beta2, stepSize, inverseRoot, epsilon] as const),
      );
    },
    device() {
      throw new Error('The table of a device is updated as a whole.');
    },
  },
});

/** Rows of a table that were ever touched, and its update by way of them. */
export interface TouchedRows {
  /** @param rowGradient of gathered rows `[M, dim]` */
  update(rowGradient: tf.Tensor2D, plan: RowPlan, attributes: Omit<TableAttributes, 'unique'>): void;
  /** Finds them anew from the moments, after these were written. */
  recount(): void;
  dispose(): void;
}

/**
 * Null where our WASM kernels do not run.
 *
 * @param table `[V, dim]`; @param moments `[2, V dim]`
 */
export function createTouchedRows(table: tf.Tensor2D, moments: tf.Tensor2D): TouchedRows | null {
  if (!wasmKernels()) return null;
  const [total, dim] = table.shape;
  const marks = tf.keep(tf.zeros<tf.Rank.R1>([total], 'bool'));
  return {
    update(gradient, plan, attributes) {
      tf.tidy(() => {
        const [rows, order, starts] = [plan.rows, plan.order, plan.starts].map((list) =>
          tf.tensor1d(list, 'int32'),
        ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
        const inputs = { target: table, moments, marks, gradient, rows, order, starts };
        operation(inputs, { ...attributes, unique: plan.unique });
      });
    },
    recount: () => wasmKernels()!.run.markRows(pointer(moments), pointer(marks), total, dim),
    dispose: () => marks.dispose(),
  };
}

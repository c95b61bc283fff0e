/** Sum of gathered rows' gradients by table row: sorted segments, so the order of addition is fixed. */
import { hostFloats, hostInts } from '../../backends/hostMemory';
import { pointer, wasmKernels } from '../../backends/wasm/module';
import { elementProgram, float, int, runInPlace } from '../../backends/webgpu/program';
import { defineOperation } from '../../operation/defineOperation';

interface SegmentAttributes {
  /** Added to a row's sum for each of its occurrences: this times the row's weights. */
  readonly pull: number;
  /** Segments in use. */
  readonly unique: number;
}

/**
 * target `[V, dim]` (table's gradient; only the plan's rows are written) from `gradient [M, dim]`, `table [V, dim]` and a
 * plan: `rows [S]` table row of a segment, `order [M]` positions sorted by row, `starts [S + 1]`.
 */
export const segmentSum = defineOperation({
  name: 'segmentSum',
  shapes: 'target: V,dim; gradient: M,dim; table: V,dim; rows: S; order: M; starts: P',
  inPlace: {
    host: (
      { target, gradient, table, rows, order, starts },
      { pull, unique }: SegmentAttributes,
      { dim },
    ) => {
      const kernels = wasmKernels();
      if (kernels) {
        const values = [pointer(target), pointer(gradient), pointer(table)] as const;
        const plan = [pointer(rows), pointer(order), pointer(starts)] as const;
        kernels.run.segmentSum(...values, ...plan, unique, dim, pull);
        return;
      }
      const out = hostFloats(target);
      const g = hostFloats(gradient);
      const w = hostFloats(table);
      const rowOf = hostInts(rows);
      const position = hostInts(order);
      const start = hostInts(starts);
      for (let s = 0; s < unique; s++) {
        const base = rowOf[s]! * dim;
        const first = start[s]!;
        const last = start[s + 1]!;
        const factor = pull * (last - first);
        for (let d = 0; d < dim; d++) {
          let sum = 0;
          for (let k = first; k < last; k++) sum += g[position[k]! * dim + d]!;
          out[base + d] = sum + factor * w[base + d]!;
        }
      }
    },
    device: ({ target, gradient, table, rows, order, starts }, { pull }, { dim }) => {
      const threads = rows.shape[0]! * dim;
      runInPlace(
        elementProgram(
          'engineSegmentSum',
          ['gradient', 'weights', 'rows', 'order', 'starts'],
          [...target.shape],
          'pull : f32, dim : i32,',
          `let segment = index / uniforms.dim;
         let d = index - segment * uniforms.dim;
         let first = starts[segment];
         let last = starts[segment + 1];
         if (last > first) {
           var sum = 0.0;
           for (var k = first; k < last; k = k + 1) {
             sum = sum + gradient[order[k] * uniforms.dim + d];
           }
           let at = rows[segment] * uniforms.dim + d;
           result[at] = sum + uniforms.pull * f32(last - first) * weights[at];
         }`,
          threads,
        ),
        [gradient, table, rows, order, starts],
        [float(pull), int(dim), int(threads)],
        target,
      );
    },
  },
});

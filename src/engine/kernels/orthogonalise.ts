/** Gram–Schmidt over a handful of rows as one dispatch: the loop is short and each round needs the one before. */
import { defineInPlace } from './inPlace';
import { hostFloats } from '../backends/hostMemory';
import { elementProgram, int, runInPlace } from '../backends/webgpu/program';

/** Added to squared lengths that are divided by, so that a row of zeros projects to nothing. */
const FLOOR = 1e-12;

/**
 * target `[n, m + n]` from `rows [n, m]`: the orthogonal rows R in the first m columns, and in the last n the lower
 * triangular C with R = C rows.
 */
export const orthogonalise = defineInPlace<{ readonly rows: number; readonly width: number }>({
  name: 'EngineOrthogonalise',
  host: ({ target, rows: given }, { rows, width }) => {
    const out = hostFloats(target!);
    const g = hostFloats(given!);
    const stride = width + rows;
    for (let i = 0; i < rows; i++) {
      const at = i * stride;
      for (let d = 0; d < width; d++) out[at + d] = g[i * width + d]!;
      for (let d = 0; d < rows; d++) out[at + width + d] = d === i ? 1 : 0;
      for (let j = 0; j < i; j++) {
        const base = j * stride;
        let inner = 0;
        let length = FLOOR;
        for (let d = 0; d < width; d++) {
          inner += out[at + d]! * out[base + d]!;
          length += out[base + d]! * out[base + d]!;
        }
        const share = inner / length;
        for (let d = 0; d < stride; d++) out[at + d] = out[at + d]! - share * out[base + d]!;
      }
    }
  },
  device: ({ target, rows: given }, { rows, width }) => {
    runInPlace(
      elementProgram(
        'engineOrthogonalise',
        ['given'],
        [...target!.shape],
        'rows : i32, width : i32,',
        `let stride = uniforms.width + uniforms.rows;
         for (var i = 0; i < uniforms.rows; i = i + 1) {
           let at = i * stride;
           for (var d = 0; d < uniforms.width; d = d + 1) {
             result[at + d] = given[i * uniforms.width + d];
           }
           for (var d = 0; d < uniforms.rows; d = d + 1) {
             result[at + uniforms.width + d] = select(0.0, 1.0, d == i);
           }
           for (var j = 0; j < i; j = j + 1) {
             let base = j * stride;
             var inner = 0.0;
             var squared = ${FLOOR};
             for (var d = 0; d < uniforms.width; d = d + 1) {
               inner = inner + result[at + d] * result[base + d];
               squared = squared + result[base + d] * result[base + d];
             }
             let share = inner / squared;
             for (var d = 0; d < stride; d = d + 1) {
               result[at + d] = result[at + d] - share * result[base + d];
             }
           }
         }`,
        1,
      ),
      [given!],
      [int(rows), int(width), int(1)],
      target!,
    );
  },
});

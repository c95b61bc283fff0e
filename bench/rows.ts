/** Rows of a made-up dataset, from which batches are read as training reads them. */
import { createBatchReader } from '../src/data/batchReader';
import type { HostBatch, RowSource } from '../src/data/batches';
import { hash3 } from '../src/engine';
import type { DataShape, Needs } from '../src/models/definition';
import { batchLayout } from '../src/models/inputs';

const ROWS = 4096;

/** Reads the `number`-th batch. */
export function benchRows(shape: DataShape, needs: Needs): (number: number) => HostBatch {
  const layout = batchLayout(shape, needs);
  const of = (row: number, what: number): number => hash3(row, what, 41) / 2 ** 32;
  const list =
    <T>(from: { from(given: { length: number }, make: (_: unknown, i: number) => number): T }) =>
    (count: number, make: (row: number) => number): T =>
      from.from({ length: count }, (_, row) => make(row));
  const [ints, shorts, floats] = [list(Int32Array), list(Int16Array), list(Float32Array)];
  const scenario = shorts(ROWS, (row) => Math.floor(shape.scenarios * of(row, 0)));
  const history = shape.history!;
  const behaviours = ROWS * history.length;
  const source: RowSource = {
    id: 'bench',
    fields: shape.fields.map((field) => ({ ...field, meaning: '' })),
    columns: shape.fields.map(({ role, size }, f) =>
      role === 'scenario'
        ? ints(ROWS, (row) => 1 + scenario[row]!)
        : ints(ROWS, (row) => Math.floor(size * of(row, 1 + f) ** 2)),
    ),
    scenario,
    label: floats(ROWS, (row) => (of(row, 50) < 0.2 ? 1 : 0)),
    history: {
      ...history,
      ids: ints(behaviours * history.itemFields.length, (at) =>
        Math.floor(shape.fields[history.itemFields[at % history.itemFields.length]!]!.size * of(at, 60) ** 2),
      ),
      scenario: shorts(behaviours, (at) => Math.floor(shape.scenarios * of(at, 61))),
      age: new Float32Array(behaviours),
      lengths: new Uint8Array(ROWS).fill(history.length),
    },
  };
  const extra = Object.fromEntries((needs.extra ?? []).map((name) => [name, new Float32Array(ROWS).fill(1)]));
  const rows = new Int32Array(shape.batch);
  const read = createBatchReader(source, layout);
  let before: HostBatch | null = null;
  return (number) => {
    for (let b = 0; b < rows.length; b++) rows[b] = hash3(b, number, 42) % ROWS;
    return (before = read(rows, extra, before));
  };
}

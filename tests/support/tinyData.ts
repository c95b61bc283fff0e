/** A small shape and batches for it, for tests that hold for every model. */
import { allocateBatch, useOwnTables, type HostBatch } from '../../src/data/batches';
import { hash3 } from '../../src/engine';
import type { DataShape, Needs } from '../../src/models/definition';
import { batchLayout } from '../../src/models/inputs';

/** Uniform numbers in [0, 1) that follow from a seed. */
export function uniforms(seed: number): () => number {
  let counter = 0;
  return () => (hash3(seed, 7, counter++) >>> 0) / 2 ** 32;
}

/** N(0, 1) numbers that follow from a seed. */
export function normals(seed: number): () => number {
  const next = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

const sizes = [
  ['user_id', 'user', 12, false],
  ['user_age', 'user', 4, false],
  ['item_id', 'item', 15, false],
  ['item_category', 'item', 5, false],
  ['hour', 'context', 4, false],
  ['slot', 'context', 4, true],
] as const;

/** Seven fields, `scenarios` scenarios, histories of at most five behaviours. */
export function tinyShape(batch = 24, scenarios = 3): DataShape {
  let offset = 1;
  const fields = [...sizes, ['scenario', 'scenario', scenarios + 1, true] as const].map(
    ([name, role, size, scenarioSpecific]) => {
      const field = { name, role, size, offset, scenarioSpecific };
      offset += size;
      return field;
    },
  );
  return {
    batch,
    scenarios,
    scenarioIds: Array.from({ length: scenarios }, (_, n) => `s${n}`),
    fields,
    vocabularySize: offset,
    history: { length: 5, itemFields: [2, 3] },
    clickRate: 0.3,
    scenarioClickRate: Array.from({ length: scenarios }, (_, n) => 0.2 + 0.1 * n),
    scenarioRows: Array.from({ length: scenarios }, (_, n) => 400 - 50 * n),
  };
}

/** A batch as the model's `needs` ask for it; the last `padding` rows are padding, every scenario occurs. */
export function tinyBatch(shape: DataShape, needs: Needs, seed: number, padding = 3): HostBatch {
  const next = uniforms(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const layout = batchLayout(shape, needs);
  const batch = allocateBatch(layout, needs.extra ?? []);
  const count = shape.batch - padding;
  const scenarioField = shape.fields.length - 1;
  for (const column of Object.values(batch.extra)) column.fill(1);
  for (let b = 0; b < count; b++) {
    const scenario = b < 2 * shape.scenarios ? b % shape.scenarios : below(shape.scenarios);
    batch.rows[b] = b;
    batch.scenario[b] = scenario;
    batch.label[b] = b < 4 ? b % 2 : below(2);
    batch.weight[b] = 1;
    for (const name of needs.extra ?? []) batch.extra[name]![b] = 0.5 + 1.5 * next();
    let at = b * layout.width;
    const put = (field: number, local: number): void => {
      batch.ids[at++] = shape.fields[field]!.offset + local;
    };
    for (const f of layout.fields) put(f, f === scenarioField ? scenario + 1 : below(shape.fields[f]!.size));
    if (layout.history) {
      const { length, itemFields } = layout.history;
      const take = b === 0 ? 0 : b === 1 ? length : below(length + 1);
      const from = b * length;
      for (let k = 0; k < length; k++) {
        for (const f of itemFields) {
          if (k < take) put(f, below(shape.fields[f]!.size));
          else at++;
        }
      }
      for (let k = 0; k < length; k++) {
        const of = below(shape.scenarios);
        if (k < take) {
          batch.historyMask[from + k] = 1;
          batch.historyScenario[from + k] = of;
        }
        if (layout.history.scenarioField !== null) {
          if (k < take) put(layout.history.scenarioField, of + 1);
          else at++;
        }
      }
    }
    if (layout.ownHistory) {
      const { length, itemFields } = layout.ownHistory;
      const take = b === 0 ? 0 : b === 1 ? length : below(length + 1);
      for (let k = 0; k < length; k++) {
        if (k < take) batch.ownHistoryMask[b * length + k] = 1;
        for (const f of itemFields) {
          if (k < take) put(f, below(shape.fields[f]!.size));
          else at++;
        }
      }
    }
  }
  useOwnTables(batch);
  return { ...batch, count };
}

/** The same batch with its rows in the order `order` (`order[b]` is the old place of the new row b). */
export function permuteRows(batch: HostBatch, order: readonly number[]): HostBatch {
  const rows = batch.layout.batch;
  const move = <T extends Int32Array | Float32Array>(array: T): T => {
    const width = array.length / rows;
    const moved = array.slice() as T;
    order.forEach((from, to) => moved.set(array.subarray(from * width, (from + 1) * width), to * width));
    return moved;
  };
  return {
    ...batch,
    rows: move(batch.rows),
    ids: move(batch.ids),
    scenario: move(batch.scenario),
    label: move(batch.label),
    weight: move(batch.weight),
    historyMask: move(batch.historyMask),
    historyScenario: move(batch.historyScenario),
    ownHistoryMask: move(batch.ownHistoryMask),
    extra: Object.fromEntries(Object.entries(batch.extra).map(([name, column]) => [name, move(column)])),
  };
}

/** The same batch with what stands in its padding rows replaced by other rows' contents; weights stay 0. */
export function fillPadding(batch: HostBatch): HostBatch {
  const rows = batch.layout.batch;
  const order = Array.from({ length: rows }, (_, b) => (b < batch.count ? b : rows - 1 - b + 1));
  const filled = permuteRows(batch, order);
  filled.weight.set(batch.weight);
  return filled;
}

/**
 * The same batch with every row's behaviours (ids, mask, scenario) in the order `order`: `order[k]` is the old place of the
 * new behaviour k. `which` picks the histories over all scenarios or those in the row's own.
 */
export function permuteBehaviours(
  batch: HostBatch,
  which: 'history' | 'ownHistory',
  order: readonly number[],
): HostBatch {
  const { layout } = batch;
  const sequence = layout[which]!;
  const { length, itemFields } = sequence;
  const perStep = itemFields.length;
  const scenarioField = layout.history?.scenarioField ?? null;
  const historyWidth = layout.history
    ? layout.history.length * (layout.history.itemFields.length + (scenarioField === null ? 0 : 1))
    : 0;
  const start = layout.fields.length + (which === 'history' ? 0 : historyWidth);
  const ids = batch.ids.slice();
  const move = <T extends Int32Array | Float32Array>(column: T): T => {
    const moved = column.slice() as T;
    for (let b = 0; b < layout.batch; b++)
      order.forEach((from, to) => (moved[b * length + to] = column[b * length + from]!));
    return moved;
  };
  for (let b = 0; b < layout.batch; b++) {
    const at = b * layout.width + start;
    order.forEach((from, to) => {
      for (let f = 0; f < perStep; f++) ids[at + to * perStep + f] = batch.ids[at + from * perStep + f]!;
      if (which === 'history' && scenarioField !== null)
        ids[at + length * perStep + to] = batch.ids[at + length * perStep + from]!;
    });
  }
  return which === 'history'
    ? { ...batch, ids, historyMask: move(batch.historyMask), historyScenario: move(batch.historyScenario) }
    : { ...batch, ids, ownHistoryMask: move(batch.ownHistoryMask) };
}

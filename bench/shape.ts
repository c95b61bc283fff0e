/** The data that every benchmark runs on: 12 fields, 3 scenarios unless said, ids drawn once from a fixed seed. */
import { allocateBatch, useOwnTables, type HostBatch } from '../src/data/batches';
import { hash3 } from '../src/engine';
import type { DataShape, FieldShape, Needs } from '../src/models/definition';
import { batchLayout } from '../src/models/inputs';

/** Vocabulary of each field but the scenario, which comes last: users and items large, contexts small. */
const sizes = [4000, 7, 3, 20, 6000, 60, 300, 12, 24, 7, 5] as const;
const roles = [
  ...['user', 'user', 'user', 'user', 'item', 'item', 'item', 'item'],
  ...['context', 'context', 'context', 'scenario'],
] as FieldShape['role'][];

const HISTORY = 20;

export function benchShape(batch: number, scenarios = 3): DataShape {
  let offset = 1;
  const fields = [...sizes, scenarios + 1].map((size, i) => {
    const field = { name: `field${i}`, role: roles[i]!, size, offset, scenarioSpecific: i >= 10 };
    offset += size;
    return field;
  });
  return {
    batch,
    scenarios,
    scenarioIds: Array.from({ length: scenarios }, (_, n) => `s${n}`),
    fields,
    vocabularySize: offset,
    history: { length: HISTORY, itemFields: [4, 5] },
    clickRate: 0.1,
    scenarioClickRate: Array.from({ length: scenarios }, () => 0.1),
    scenarioRows: Array.from({ length: scenarios }, () => 10_000),
  };
}

/** A full batch; `seed` picks which. */
export function benchBatch(shape: DataShape, needs: Needs, seed: number): HostBatch {
  let counter = 0;
  const next = (): number => hash3(seed, 31, counter++) / 2 ** 32;
  /** Skewed towards small ids, as real ones are. */
  const skewed = (size: number): number => Math.floor(size * next() ** 2);
  const layout = batchLayout(shape, needs);
  const batch = allocateBatch(layout, needs.extra ?? []);
  const scenarioField = shape.fields.findIndex((field) => field.role === 'scenario');
  for (let b = 0; b < shape.batch; b++) {
    const scenario = Math.floor(next() * shape.scenarios);
    batch.rows[b] = b;
    batch.scenario[b] = scenario;
    batch.label[b] = next() < 0.2 ? 1 : 0;
    batch.weight[b] = 1;
    for (const name of needs.extra ?? []) batch.extra[name]![b] = 1;
    let at = b * layout.width;
    const put = (field: number, local: number): void => {
      batch.ids[at++] = shape.fields[field]!.offset + local;
    };
    for (const f of layout.fields) {
      put(f, f === scenarioField ? 1 + scenario : skewed(shape.fields[f]!.size));
    }
    if (layout.history) {
      const { length, itemFields, scenarioField: carried } = layout.history;
      for (let k = 0; k < length; k++) for (const f of itemFields) put(f, skewed(shape.fields[f]!.size));
      for (let k = 0; k < length; k++) {
        const place = Math.floor(next() * shape.scenarios);
        batch.historyMask[b * length + k] = 1;
        batch.historyScenario[b * length + k] = place;
        if (carried !== null) put(carried, 1 + place);
      }
    }
    if (layout.ownHistory) {
      const { length, itemFields } = layout.ownHistory;
      for (let k = 0; k < length; k++) {
        batch.ownHistoryMask[b * length + k] = 1;
        for (const f of itemFields) put(f, skewed(shape.fields[f]!.size));
      }
    }
  }
  useOwnTables(batch);
  return { ...batch, count: shape.batch };
}

/** A dataset of 5 unequal scenarios for this folder's tests: long-tailed items, clicks that depend on fields. */
import { hash3 } from '../../src/engine';
import type { Dataset, Field } from '../../src/data/dataset';

const shares = [0.5, 0.3, 0.13, 0.04, 0.03];

export function smallDataset(rows = 900): Dataset {
  const uniform = (row: number, what: number): number => hash3(row, what, 77) / 2 ** 32;
  const sizes = [
    ['user_id', 'user', 40],
    ['item_id', 'item', 160],
    ['hour', 'context', 5],
    ['scenario', 'scenario', shares.length + 1],
  ] as const;
  let offset = 1;
  const fields: Field[] = sizes.map(([name, role, size]) => {
    const field: Field = {
      name,
      role,
      size,
      offset,
      scenarioSpecific: role === 'scenario',
      meaning: `A made-up ${name}.`,
    };
    offset += size;
    return field;
  });
  const scenario = Int16Array.from({ length: rows }, (_, row) => {
    let left = uniform(row, 1);
    return Math.max(
      0,
      shares.findIndex((share) => (left -= share) < 0),
    );
  });
  const user = Int32Array.from({ length: rows }, (_, row) => 1 + Math.floor(39 * uniform(row, 2)));
  const item = Int32Array.from({ length: rows }, (_, row) => 1 + Math.floor(159 * uniform(row, 3) ** 2));
  const hour = Int32Array.from({ length: rows }, (_, row) => 1 + Math.floor(4 * uniform(row, 4)));
  const label = Float32Array.from({ length: rows }, (_, row) =>
    uniform(row, 5) < (((user[row]! + item[row]!) % 3) + scenario[row]! / 5) / 3 ? 1 : 0,
  );
  return {
    id: 'small',
    title: 'Small',
    source: { kind: 'imported', file: 'none', note: 'made for tests' },
    scenarios: shares.map((share, s) => ({ id: `s${s}`, name: `S${s}`, group: null, share, clickRate: 0.4 })),
    fields,
    vocabularySize: offset,
    rows,
    columns: [user, item, hour, Int32Array.from(scenario, (s) => s + 1)],
    scenario,
    label,
    timestamp: null,
    split: Uint8Array.from({ length: rows }, (_, row) => (row % 10 < 8 ? 0 : row % 10 === 8 ? 1 : 2)),
    weight: new Float32Array(rows).fill(1),
    history: null,
    truth: null,
    relatedness: null,
    fingerprint: 'none',
    warnings: [],
  };
}

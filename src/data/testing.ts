/** Arbitrary datasets for property tests. Not exported. */
import fc from 'fast-check';
import { fingerprintOf } from './format/fingerprint';
import type { Dataset, Field } from './dataset';

interface Shape {
  readonly rows: number;
  readonly scenarios: number;
  readonly time: 'none' | 'seconds' | 'fractions';
  readonly history: 'none' | 'derived' | 'free';
  readonly truth: boolean;
  readonly weighted: boolean;
  readonly seed: number;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  rows: fc.integer({ min: 1, max: 60 }),
  scenarios: fc.integer({ min: 1, max: 6 }),
  time: fc.constantFrom('none', 'seconds', 'fractions'),
  history: fc.constantFrom('none', 'derived', 'free'),
  truth: fc.boolean(),
  weighted: fc.boolean(),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});

/** Park and Miller's generator: enough to fill columns. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function build(shape: Shape): Omit<Dataset, 'fingerprint'> {
  const { rows, scenarios: n } = shape;
  const random = generator(shape.seed);
  const integer = (below: number) => Math.floor(random() * below);
  const sizes = [n + 1, 12, 9, 5, 4];
  const names = ['scenario_id', 'user_id', 'item_id', 'category', 'hour'];
  const roles: Field['role'][] = ['scenario', 'user', 'item', 'item', 'context'];
  let offset = 1;
  const fields = names.map((name, f): Field => {
    const field = {
      name,
      role: roles[f]!,
      size: sizes[f]!,
      offset,
      scenarioSpecific: f === 0,
      meaning: `Field ${f}.`,
      ...(f === 3 ? { labels: ['other', 'a', 'b', 'c', 'd'] } : {}),
    };
    offset += sizes[f]!;
    return field;
  });
  const scenario = Int16Array.from({ length: rows }, () => integer(n));
  const timestamp =
    shape.time === 'none'
      ? null
      : Float64Array.from(
          { length: rows },
          () => 1.5e9 + (shape.time === 'seconds' ? integer(1e6) : random() * 1e6),
        );
  const L = 4;
  const lengths = Uint8Array.from({ length: rows }, () => integer(L + 1));
  const ids = new Int32Array(rows * L * 2);
  const histScenario = new Int16Array(rows * L).fill(-1);
  const age = new Float32Array(rows * L);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < lengths[row]!; k++) {
      const step = row * L + k;
      ids[step * 2] = integer(9);
      ids[step * 2 + 1] = shape.history === 'derived' ? (ids[step * 2]! * 3) % 5 : integer(5);
      histScenario[step] = integer(n + 1) - 1;
      age[step] = shape.history === 'derived' ? integer(500_000) / 3600 : random() * 1000;
    }
  }
  return {
    id: 'arbitrary',
    title: 'Arbitrary',
    source: { kind: 'imported', file: 'arbitrary.csv', note: 'made by a test' },
    scenarios: Array.from({ length: n }, (_, s) => ({
      id: `s${s}`,
      name: `Scenario ${s}`,
      group: s % 2 === 0 ? 'even' : null,
      share: 1 / n,
      clickRate: random(),
    })),
    fields,
    vocabularySize: offset,
    rows,
    columns: fields.map((field, f) =>
      f === 0
        ? Int32Array.from(scenario, (s) => s + 1)
        : Int32Array.from({ length: rows }, () => integer(field.size)),
    ),
    scenario,
    label: Float32Array.from({ length: rows }, () => integer(2)),
    timestamp,
    split: Uint8Array.from({ length: rows }, () => integer(3)),
    weight: Float32Array.from({ length: rows }, () => (shape.weighted ? Math.fround(random()) : 1)),
    history:
      shape.history === 'none'
        ? null
        : { length: L, itemFields: [2, 3], ids, scenario: histScenario, age, lengths },
    truth: shape.truth
      ? {
          probability: Float32Array.from({ length: rows }, random),
          match: Float32Array.from({ length: rows }, () => random() * 6 - 3),
          prominence: Float32Array.from({ length: rows }, random),
          intervened: Uint8Array.from({ length: rows }, () => integer(2)),
          propensity: rows % 2 === 0 ? Float32Array.from({ length: rows }, random) : null,
        }
      : null,
    relatedness: shape.truth ? Float32Array.from({ length: n * n }, () => random() * 2 - 1) : null,
    warnings: shape.weighted ? ['A warning.'] : [],
  };
}

/** Datasets with and without time, weights, histories (derivable or not) and truth; the fingerprint is yet to be awaited. */
export const datasets: fc.Arbitrary<() => Promise<Dataset>> = shapes.map((shape) => async () => {
  const dataset = build(shape);
  return { ...dataset, fingerprint: await fingerprintOf(dataset) };
});

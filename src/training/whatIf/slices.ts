/** Figures of the test rows by the values of any field. */
import { computeMetrics } from '../metrics';
import { rowsOfSplit } from '../sampling';
import type { ScenarioMetrics } from '../metrics/types';
import type { Trainer } from '../trainer';

/** Values with a slice of their own; the rest of a larger vocabulary are one slice together. */
export const MOST_SLICES = 24;

export interface Slice {
  /** Name of the value; “others” of what has no slice of its own. */
  readonly name: string;
  readonly metrics: ScenarioMetrics;
}

/** Which slice each row is in `[rows]`, and what the slices are called: the most frequent values, most frequent first. */
function groups(values: Int32Array, nameOf: (value: number) => string) {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([value]) => value);
  const own = ordered.length <= MOST_SLICES ? ordered : ordered.slice(0, MOST_SLICES - 1);
  const at = new Map(own.map((value, k) => [value, k]));
  const names = own.map(nameOf);
  if (own.length < ordered.length) names.push(`${ordered.length - own.length} others`);
  return { names, group: Int32Array.from(values, (value) => at.get(value) ?? own.length) };
}

/**
 * Metrics of the test rows by the values of a field, with the present weights.
 *
 * @throws RangeError with one sentence where there is no such field
 */
export async function sliceMetrics(
  trainer: Pick<Trainer, 'dataset' | 'predict'>,
  name: string,
): Promise<readonly Slice[]> {
  const { dataset } = trainer;
  const f = dataset.fields.findIndex((field) => field.name === name);
  const [field, column] = [dataset.fields[f], dataset.columns[f]];
  if (!field || !column) throw new RangeError(`There is no field "${name}" in this dataset.`);
  const rows = rowsOfSplit(dataset, 'test');
  const { names, group } = groups(
    Int32Array.from(rows, (row) => column[row] ?? 0),
    (value) => field.labels?.[value] ?? `${name} ${value}`,
  );
  const { truth } = dataset;
  const { scenarios } = computeMetrics(
    {
      scenarios: names.length,
      scenario: group,
      label: Float32Array.from(rows, (row) => dataset.label[row] ?? 0),
      weight: Float32Array.from(rows, (row) => dataset.weight[row] ?? 1),
      truth: truth && {
        probability: Float32Array.from(rows, (row) => truth.probability[row] ?? 0),
        interest: null,
      },
      trainingRows: names.map(() => 0),
    },
    await trainer.predict(rows),
  );
  return names.flatMap((one, k) => {
    const metrics = scenarios[k];
    return metrics ? [{ name: one, metrics }] : [];
  });
}

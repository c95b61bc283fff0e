/** The same dataset with histories: the latest earlier rows of the same user, up to `length`. */
import type { Dataset } from '../../src/data/dataset';

export function withHistory(dataset: Dataset, length = 5): Dataset {
  const itemField = dataset.fields.findIndex(({ role }) => role === 'item');
  const userField = dataset.fields.findIndex(({ role }) => role === 'user');
  const ids = new Int32Array(dataset.rows * length);
  const scenario = new Int16Array(dataset.rows * length).fill(-1);
  const lengths = new Uint8Array(dataset.rows);
  const seen = new Map<number, number[]>();
  for (let row = 0; row < dataset.rows; row++) {
    const user = dataset.columns[userField]![row]!;
    const earlier = seen.get(user) ?? [];
    const latest = earlier.slice(-length);
    latest.forEach((other, k) => {
      ids[row * length + k] = dataset.columns[itemField]![other]!;
      scenario[row * length + k] = dataset.scenario[other]!;
    });
    lengths[row] = latest.length;
    seen.set(user, [...earlier, row]);
  }
  const age = new Float32Array(dataset.rows * length);
  return { ...dataset, history: { length, itemFields: [itemField], ids, scenario, age, lengths } };
}

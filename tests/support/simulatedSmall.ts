/** `smallDataset` with a truth and with behaviours, so that every model has what it reads and every metric is defined. */
import { hash3 } from '../../src/engine';
import { smallDataset } from './smallDataset';
import type { Dataset, History } from '../../src/data/dataset';

const LENGTH = 6;

/** Up to six earlier items a row, some rows without any. */
function historiesOf(dataset: Dataset): History {
  const { rows } = dataset;
  const item = dataset.fields.findIndex((field) => field.role === 'item');
  const draw = (row: number, what: number, below: number): number =>
    Math.floor((hash3(row, what, 78) / 2 ** 32) * below);
  const history: History = {
    length: LENGTH,
    itemFields: [item],
    ids: new Int32Array(rows * LENGTH),
    scenario: new Int16Array(rows * LENGTH).fill(-1),
    age: new Float32Array(rows * LENGTH),
    lengths: Uint8Array.from({ length: rows }, (_, row) => draw(row, 0, LENGTH + 1)),
  };
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < history.lengths[row]!; k++) {
      const at = row * LENGTH + k;
      history.ids[at] = 1 + draw(row, 10 + k, dataset.fields[item]!.size - 1);
      history.scenario[at] = draw(row, 20 + k, dataset.scenarios.length);
      history.age[at] = (LENGTH - k) * 5;
    }
  }
  return history;
}

export function simulatedSmall(rows = 900): Dataset {
  const dataset = smallDataset(rows);
  const [user, item] = dataset.columns;
  const probability = Float32Array.from({ length: rows }, (_, row) =>
    Math.min(0.95, (((user![row]! + item![row]!) % 3) + dataset.scenario[row]! / 5) / 3 + 0.02),
  );
  return {
    ...dataset,
    history: historiesOf(dataset),
    truth: {
      probability,
      match: probability.map((p, row) => p + (row % 7) / 100),
      prominence: new Float32Array(rows).fill(1),
      intervened: Uint8Array.from({ length: rows }, (_, row) => (item![row]! % 11 === 0 ? 1 : 0)),
      propensity: null,
    },
  };
}

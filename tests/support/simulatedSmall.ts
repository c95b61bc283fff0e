/** `smallDataset` with a truth: each row's click probability is known, so that noise-free figures and ceilings exist. */
import { smallDataset } from './smallDataset';
import type { Dataset } from '../../src/data/dataset';

export function simulatedSmall(rows = 900): Dataset {
  const dataset = smallDataset(rows);
  const [user, item] = dataset.columns;
  const probability = Float32Array.from({ length: rows }, (_, row) =>
    Math.min(0.95, (((user![row]! + item![row]!) % 3) + dataset.scenario[row]! / 5) / 3 + 0.02),
  );
  return {
    ...dataset,
    truth: {
      probability,
      match: probability.map((p, row) => p + (row % 7) / 100),
      prominence: new Float32Array(rows).fill(1),
      intervened: new Uint8Array(rows),
    },
  };
}

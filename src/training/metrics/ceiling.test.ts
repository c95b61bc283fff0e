import { expect, test } from 'vitest';
import { noiseFreeAuc } from './auc';
import { noiseFreeAuc as simulatorsAuc } from '../../data/simulate/fidelity';
import { tinyDataset } from '../../data/simulate/testing';

test('the ceiling that twins are fitted by is the ceiling that curves are drawn under', async () => {
  const dataset = await tinyDataset();
  const { probability, match } = dataset.truth!;
  for (let s = 0; s < dataset.scenarios.length; s++) {
    const p = probability.filter((_, row) => dataset.scenario[row] === s);
    const m = match.filter((_, row) => dataset.scenario[row] === s);
    expect(noiseFreeAuc(p, p)!).toBeCloseTo(simulatorsAuc(p, p)!, 9);
    expect(noiseFreeAuc(m, p)!).toBeCloseTo(simulatorsAuc(m, p)!, 9);
    // No score beats the truth.
    expect(noiseFreeAuc(m, p)!).toBeLessThanOrEqual(noiseFreeAuc(p, p)!);
  }
});

/** Attention: the figures' weights against shares counted from the data file itself, as the page is served it. */
import type { Page } from '@playwright/test';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { FigureTable } from './support/lab';
import { expect, test } from './support/lab';
import { expectShares } from './support/pictures';

const TEST = 2;
const small = {
  preset: 'tiny',
  dataset: 'aliccp-3',
  batch: 1024,
  // All rows of an evaluation.
  evaluationRows: 100000,
  steps: 20,
  evaluateEvery: 20,
  stopMetric: 'none',
  backend: 'wasm',
  tab: 'attention',
  autostart: 1,
};
/** Behaviours that the tiny preset reads: the latest. */
const LENGTH = 4;

interface DataRow {
  readonly scenario: number;
  readonly split: number;
  readonly history_length: number;
  readonly history_scenario: number[];
}

/** Of test rows, which a finished run's pictures are of, with behaviours, by the row's scenario: mean share of its latest behaviours in each scenario, and by place. */
async function sharesOfData(
  page: Page,
): Promise<{ byScenario: number[][]; byPlace: number[][]; empty: number[] }> {
  const served = await (await page.request.get('./samples/aliccp-3.parquet')).body();
  // An own buffer: Node hands out parts of a larger one.
  const file = new Uint8Array(served).buffer;
  const columns = ['scenario', 'split', 'history_length', 'history_scenario'];
  const rows = (await parquetReadObjects({ file, compressors, columns })) as unknown as DataRow[];
  const zeros = (width: number): number[][] => [0, 1, 2].map(() => new Array<number>(width).fill(0));
  const [byScenario, byPlace] = [zeros(3), zeros(LENGTH)];
  const [count, empty] = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (const { scenario, split, history_length: length, history_scenario: places } of rows) {
    if (split !== TEST) continue;
    const latest = places.slice(0, length).slice(-LENGTH);
    if (latest.length === 0) {
      empty[scenario]! += 1;
      continue;
    }
    count[scenario]! += 1;
    latest.forEach((of, place) => {
      byScenario[scenario]![of]! += 1 / latest.length;
      byPlace[scenario]![place]! += 1 / latest.length;
    });
  }
  const divide = (sums: number[][]) => sums.map((row, s) => row.map((sum) => sum / count[s]!));
  return { byScenario: divide(byScenario), byPlace: divide(byPlace), empty };
}

const numbersOf = ({ rows }: FigureTable): number[][] =>
  rows.map((row) => row.slice(1).map((cell) => Number(cell.replace('−', '-'))));

function expectNear(found: number[][], wanted: number[][]): void {
  expect(found.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  found.forEach((row, r) =>
    row.forEach((value, c) => expect(value, `row ${r}, column ${c}`).toBeCloseTo(wanted[r]![c]!, 3)),
  );
}

test('M-scan: what even weights would give is counted from the file; attention sums to 1', async ({
  lab,
  page,
}) => {
  await lab.open({ ...small, model: 'mscan' });
  await lab.expectState('done');
  const { byScenario } = await sharesOfData(page);
  expectNear(numbersOf(await lab.figure('attention-attentionUniform')), byScenario);
  const attention = numbersOf(await lab.figure('attention'));
  const place = numbersOf(await lab.figure('attention-attentionPosition'));
  for (const row of [...attention, ...place]) {
    for (const weight of row) expect(weight).toBeGreaterThanOrEqual(0);
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 3);
  }
  // Entropy of at most ln 4, since four behaviours are read; more even attention would be no attention.
  const { rows } = await lab.figure('attention-attentionEntropy');
  for (const entropy of rows.at(-1)!.slice(1).map(Number)) {
    expect(entropy).toBeGreaterThan(0);
    expect(entropy).toBeLessThanOrEqual(Math.log(LENGTH) + 1e-3);
  }
});

test('SAR-Net without attention weighs behaviours evenly: its weights are the file’s own shares', async ({
  lab,
  page,
}) => {
  await lab.open({ ...small, model: 'sarnet', attention: 'none', steps: 10, evaluateEvery: 10 });
  await lab.expectState('done');
  const { byScenario, byPlace } = await sharesOfData(page);
  expectNear(numbersOf(await lab.figure('attention')), byScenario);
  expectNear(numbersOf(await lab.figure('attention-attentionPosition')), byPlace);

  await lab.control('tab-gates').click();
  await expectShares(lab, 'gates', 3);
});

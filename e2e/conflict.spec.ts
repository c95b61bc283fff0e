/** Conflict: cosines on show against those of the gradients in the exported run. */
import { column, exportedRuns, numbers, numeric, probeOverTime, trained } from './support/pictures';
import { expect, test } from './support/lab';

/** Cosines of the rows of `[n, units]`, by the definition. */
function cosines(values: readonly (number | null)[], n: number): number[][] {
  const units = values.length / n;
  const row = (a: number) => values.slice(a * units, (a + 1) * units).map((value) => value ?? Number.NaN);
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, v, k) => sum + v * y[k]!, 0);
  return Array.from({ length: n }, (_, a) =>
    Array.from(
      { length: n },
      (_, b) => dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b))),
    ),
  );
}

test('cosines between scenarios’ gradients are those of the run’s own gradients, now and at every step', async ({
  lab,
}) => {
  await trained(lab, { model: 'causalint', steps: 12, evaluateEvery: 4 }, 'conflict');
  const matrix = await lab.figure('conflict');
  const history = await lab.figure('conflict-over-time');
  expect(matrix.rows).toHaveLength(3);
  const shown = matrix.rows.map(numbers);
  for (let a = 0; a < 3; a++) {
    expect(shown[a]![a], `scenario ${a} with itself`).toBeCloseTo(1, 4);
    for (let b = 0; b < 3; b++) expect(shown[a]![b], `${a}, ${b}`).toBe(shown[b]![a]);
  }

  const [run] = await exportedRuns(lab);
  const frames = probeOverTime(run!, 'scenarioGradient');
  expect(frames.length).toBeGreaterThanOrEqual(3);
  expect(history.rows.map((row) => Number(row[0]))).toEqual(frames.map((frame) => frame.step));
  const last = cosines(frames.at(-1)!.values, 3);
  shown.forEach((row, a) => row.forEach((value, b) => expect(value).toBeCloseTo(last[a]![b]!, 4)));
  const [mean, lowest, below] = ['mean cosine', 'lowest cosine', 'share of pairs below 0'].map((name) =>
    column(history, name),
  );
  for (const [k, frame] of frames.entries()) {
    const all = cosines(frame.values, 3);
    const pairs = [all[0]![1]!, all[0]![2]!, all[1]![2]!];
    const row = history.rows[k]!;
    expect(numeric(row[mean!])).toBeCloseTo(pairs.reduce((a, b) => a + b) / 3, 4);
    expect(numeric(row[lowest!])).toBeCloseTo(Math.min(...pairs), 4);
    expect(numeric(row[below!])).toBeCloseTo(pairs.filter((value) => value < 0).length / 3, 4);
  }
});

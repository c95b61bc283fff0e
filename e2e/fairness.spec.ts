/** Fairness: curves over refreshes against the probes of the exported run, and against what quantiles and means must obey. */
import { column, exportedRuns, numeric, probeOverTime, trained } from './support/pictures';
import { expect, test } from './support/lab';

test('coefficients of intervened and other items over the refreshes, and how well low ones tell them apart', async ({
  lab,
}) => {
  await trained(
    lab,
    { model: 'sarnet', dataset: 'travel-20', batch: 8192, steps: 40, evaluateEvery: 20, evaluationRows: 60 },
    'fairness',
  );
  const history = await lab.figure('fairness-over-time');
  const recovery = await lab.figure('fairness-recovery');
  const now = await lab.figure('fairness');
  expect(history.rows.length, 'refreshes').toBeGreaterThanOrEqual(2);
  expect(recovery.rows.map((row) => row[0])).toEqual(history.rows.map((row) => row[0]));
  for (const row of history.rows) {
    for (const group of ['intervened', 'other']) {
      const at = (name: string) => numeric(row[column(history, `${group}: ${name}`)]);
      expect(at('lower quartile'), group).toBeGreaterThan(0);
      expect(at('lower quartile'), group).toBeLessThanOrEqual(at('median'));
      expect(at('median'), group).toBeLessThanOrEqual(at('upper quartile'));
    }
  }
  // The newest refresh is the table of groups: its median and mean stand in both.
  const group = (name: string) => now.rows.find((row) => row[0] === name)!;
  for (const name of ['intervened', 'other']) {
    const last = history.rows.at(-1)!;
    expect(numeric(last[column(history, `${name}: median`)])).toBeCloseTo(
      numeric(group(name)[column(now, 'half')]),
      5,
    );
    expect(numeric(last[column(history, `${name}: mean`)])).toBeCloseTo(
      numeric(group(name)[column(now, 'mean')]),
      5,
    );
  }
  // All rows are intervened or other, so their mean lies between; by construction it is near 1.
  const means = ['intervened', 'other', 'all'].map((name) => numeric(group(name)[column(now, 'mean')]));
  expect(means[2]).toBeGreaterThan(Math.min(means[0]!, means[1]!) - 1e-4);
  expect(means[2]).toBeLessThan(Math.max(means[0]!, means[1]!) + 1e-4);
  expect(Math.abs(means[2]! - 1)).toBeLessThan(0.3);

  const [run] = await exportedRuns(lab);
  const labels = run!.probeSpecs.find((spec) => spec.name === 'fairness')!.axes[1]!.labels!;
  const frames = probeOverTime(run!, 'fairness');
  expect(frames).toHaveLength(history.rows.length);
  frames.forEach(({ step, values }, k) => {
    const row = history.rows[k]!;
    expect(Number(row[0])).toBe(step);
    // Groups in the order intervened, other, all.
    ['intervened', 'other'].forEach((name, g) => {
      const value = (bin: string) => values[g * labels.length + labels.indexOf(bin)]!;
      for (const [bin, shown] of [
        ['quarter', 'lower quartile'],
        ['half', 'median'],
        ['three quarters', 'upper quartile'],
      ] as const)
        expect(numeric(row[column(history, `${name}: ${shown}`)])).toBeCloseTo(value(bin), 3);
    });
  });
  const aucs = probeOverTime(run!, 'fairnessRecovery').map(({ values }) => values[0]!);
  recovery.rows.forEach((row, k) => {
    expect(numeric(row[1])).toBeCloseTo(aucs[k]!, 4);
    expect(numeric(row[1])).toBeGreaterThan(0);
    expect(numeric(row[1])).toBeLessThan(1);
  });
});

/** Pre-clustering: who is in which cluster, against the exported run; the model's own pictures then have a line a cluster. */
import { exportedRuns, numeric, probeOverTime, trained } from './support/pictures';
import { expect, test } from './support/lab';

test('scenarios stand in the order of their clusters, gates have a line a cluster, metrics one a scenario', async ({
  lab,
  page,
}) => {
  await trained(
    lab,
    {
      ...{ model: 'mmoe', dataset: 'amazon-25', preset: 'tiny', clusters: 3, clusterSteps: 20 },
      ...{ batch: 1024, steps: 10, evaluateEvery: 10, evaluationRows: 50 },
    },
    'clusters',
  );
  const { rows } = await lab.figure('scenario-clusters');
  expect(rows).toHaveLength(25);
  const cluster = rows.map((row) => numeric(row[1]));
  expect(cluster).toEqual([...cluster].sort((a, b) => a - b));
  expect(new Set(cluster)).toEqual(new Set([1, 2, 3]));
  // Distances are symmetric and 0 to oneself.
  rows.forEach((row, r) => {
    expect(numeric(row[2 + r])).toBe(0);
    expect(row[2]).toBe(rows[0]![2 + r]);
  });
  await expect(page.getByTestId('cluster-members').locator('dt')).toHaveCount(3);

  const [run] = await exportedRuns(lab);
  const members = probeOverTime(run!, 'clusterMembers').at(-1)!;
  const counts = [0, 1, 2].map((own) => cluster.filter((one) => one === own + 1).length);
  expect(counts).toEqual(
    counts.map((_, own) => members.values.filter((one, k) => k % 3 === own && one === 1).length),
  );
  const gates = run!.probeSpecs.find(({ name }) => name === 'gates')!;
  expect(gates.axes[0]!.labels).toEqual(['cluster 1', 'cluster 2', 'cluster 3']);
  expect(run!.final.scenarios).toHaveLength(25);
});

import { trained } from './support/pictures';
import { expect, test } from './support/lab';

test('scenarios are clustered and a tower a cluster trains on WebGPU with the software adapter', async ({
  lab,
  page,
}) => {
  await trained(
    lab,
    {
      ...{ model: 'shared-bottom', dataset: 'aliccp-3', preset: 'tiny', clusters: 2, clusterSteps: 3 },
      ...{ batch: 32, steps: 4, evaluateEvery: 4, evaluationRows: 50, backend: 'webgpu' },
    },
    'clusters',
  );
  expect(await lab.app.getAttribute('data-backend')).toBe('webgpu');
  const { rows } = await lab.figure('scenario-clusters');
  expect(rows.map((row) => Number(row[1])).sort()).toEqual(expect.arrayContaining([1, 2]));
  await expect(page.getByTestId('cluster-members').locator('dt')).toHaveCount(2);
  expect(Object.keys(await lab.aucs())).toHaveLength(3);
});

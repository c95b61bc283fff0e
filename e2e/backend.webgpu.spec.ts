import { expect, test } from './support/lab';

test('a small run trains on WebGPU with the software adapter when it is asked for', async ({ lab }) => {
  await lab.open({
    preset: 'tiny',
    batch: 32,
    steps: 4,
    evaluateEvery: 4,
    evaluationRows: 50,
    backend: 'webgpu',
    autostart: 1,
  });
  await lab.expectState('done');
  expect(await lab.app.getAttribute('data-backend')).toBe('webgpu');
  expect(Object.keys(await lab.aucs())).toHaveLength(3);
});

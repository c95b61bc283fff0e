import { beforeAll, expect, test } from 'vitest';
import { smallDataset } from '../../../tests/support/smallDataset';
import { openBackend } from '../../engine';
import { findModel } from '../../models/registry';
import { defaultSettings } from '../../models/settings';
import { createTrainer } from '../trainer';
import { trainingFields } from '../settings';
import type { TrainingSettings } from '../settings';
import { findProcedure } from '.';

beforeAll(async () => {
  await openBackend('cpu');
});

test('the first phase leaves copies at the pooled network; the second moves copies alone', async () => {
  const definition = findModel('finetune');
  const settings = {
    ...defaultSettings(definition.fields),
    ...definition.presets.tiny,
    pooledShare: 0.5,
    batchNorm: 'off',
  };
  const training = {
    ...defaultSettings(trainingFields),
    steps: 8,
    batch: 32,
    evaluateEvery: 4,
    stopMetric: 'none',
  } as unknown as TrainingSettings;
  const configured = definition.configure(settings);
  const trainer = createTrainer({
    configured,
    dataset: smallDataset(),
    training,
    seed: 2,
  });
  const weights = async () => (await trainer.snapshot(false)).arrays;
  const trained = (name: string): boolean => /^(own|pooled)\.|^embedding$/.test(name);
  const start = await weights();
  let middle: typeof start | null = null;
  for await (const event of findProcedure(configured.procedure).start(trainer, null).events) {
    if (event.kind !== 'message') continue;
    expect(trainer.step).toBe(4);
    middle = await weights();
  }
  const end = await weights();
  const names = Object.keys(start).filter(trained);
  expect(names.length).toBeGreaterThan(8);
  for (const name of names) {
    const own = name.startsWith('own.');
    const moved = (from: typeof start, to: typeof start): boolean =>
      from[name]!.some((value, i) => value !== to[name]![i]);
    expect(moved(start, middle!), `${name} in the first phase`).toBe(!own);
    expect(moved(middle!, end), `${name} in the second phase`).toBe(own);
    if (own)
      expect(
        middle![name]!.every((value) => value === 0),
        `${name} starts at 0`,
      ).toBe(true);
  }
  trainer.dispose();
});

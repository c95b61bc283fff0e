import { beforeAll, expect, test } from 'vitest';
import { smallDataset } from '../../../tests/support/smallDataset';
import { openBackend } from '../../engine';
import { findModel } from '../../models/registry';
import { createTrainer } from '../trainer';
import { defaultTraining } from '../setup';
import type { AnySettings } from '../../models/settings';
import type { TrainingSettings } from '../settings';
import { findProcedure } from '.';

beforeAll(async () => {
  await openBackend('cpu');
});

function setUp(given: AnySettings, more: Partial<TrainingSettings>) {
  const definition = findModel('finetune');
  const settings = { ...definition.presets.tiny, pooledShare: 0.5, batchNorm: 'off', ...given };
  const training = { ...defaultTraining(), batch: 32, ...more };
  const configured = definition.configure(settings);
  const trainer = createTrainer({ configured, dataset: smallDataset(), training, seed: 2 });
  const { events } = findProcedure(configured.procedure).start(trainer, null);
  return { trainer, events, weights: async () => (await trainer.snapshot(false)).arrays };
}

type Arrays = Readonly<Record<string, Float32Array>>;
const moved = (from: Arrays, to: Arrays, name: string): boolean =>
  from[name]!.some((value, i) => value !== to[name]![i]);

test.each(['nothing', 'shared'] as const)(
  'the first phase leaves copies at the pooled network; the second, frozen: %s, never moves what is copied',
  async (frozen) => {
    const training = { steps: 8, evaluateEvery: 4, stopMetric: 'none' } as const;
    const { trainer, events, weights } = setUp({ frozen }, training);
    const start = await weights();
    let middle: typeof start | null = null;
    for await (const event of events) {
      if (event.kind !== 'message' || middle) continue;
      expect(trainer.step).toBe(4);
      middle = await weights();
    }
    const end = await weights();
    const names = Object.keys(start).filter((name) => /^(own|pooled)\.|^embedding$/.test(name));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const own = name.startsWith('own.');
      expect(moved(start, middle!, name), `${name} in the first phase`).toBe(!own);
      const tuned = own || (name === 'embedding' && frozen === 'nothing');
      expect(moved(middle!, end, name), `${name} in the second phase`).toBe(tuned);
      if (own)
        expect(
          middle![name]!.every((value) => value === 0),
          `${name} starts at 0`,
        ).toBe(true);
    }
    trainer.dispose();
  },
);

test('the second phase starts from the first one’s best weights, and its own best is what remains, though the first’s was better', async () => {
  // At this rate the pooled network is at its best early and far from it at the end of its phase.
  const training = { steps: 60, evaluateEvery: 5, learningRate: 0.05, stopMetric: 'logLoss' } as const;
  const { trainer, events, weights } = setUp({ dropout: 0 }, training);
  let pooledBest = { loss: Infinity, step: 0, arrays: {} as Arrays };
  let tunedBest = { loss: Infinity, step: 0, arrays: {} as Arrays };
  const texts: string[] = [];
  let start: Arrays | null = null;
  for await (const event of events) {
    if (event.kind === 'evaluation') {
      const best = start ? tunedBest : pooledBest;
      const loss = event.metrics.overall.logLoss!;
      if (loss < best.loss) {
        const found = { loss, step: event.step, arrays: await weights() };
        if (start) tunedBest = found;
        else pooledBest = found;
      }
    }
    if (event.kind === 'message') {
      texts.push(event.text);
      start ??= await weights();
    }
    if (event.kind === 'done') expect(event.bestStep).toBe(tunedBest.step);
  }
  expect(pooledBest.step).toBeLessThan(30);
  expect(pooledBest.loss).toBeLessThan(tunedBest.loss);
  expect(start).toEqual(pooledBest.arrays);
  expect(await weights()).toEqual(tunedBest.arrays);
  expect(texts[0]).toContain(
    `took 30 steps (960 rows); each scenario now trains its own copy from step ${pooledBest.step}`,
  );
  expect(texts[1]).toContain('The pooled phase took 30 steps (960 rows), fine-tuning 30 steps (960 rows)');
  trainer.dispose();
});

test('patience ends the first phase early and leaves its steps to the second', async () => {
  const training = {
    steps: 80,
    evaluateEvery: 2,
    learningRate: 0.05,
    stopMetric: 'logLoss',
    patience: 4,
  } as const;
  const { trainer, events } = setUp({ pooledShare: 0.9, dropout: 0 }, training);
  const steps: number[] = [];
  for await (const event of events) if (event.kind === 'message') steps.push(event.step);
  expect(steps[0]).toBeLessThan(72);
  expect(steps[1]).toBeGreaterThan(steps[0]!);
  trainer.dispose();
});

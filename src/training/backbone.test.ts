/** Why CausalInt's Shared Bottom (Table 4) is not the Shared Bottom of the baselines under a comparison's terms, and when it is. */
import { beforeAll, expect, it } from 'vitest';
import { smallDataset } from '../../tests/support/smallDataset';
import { openBackend } from '../engine';
import { findModel } from '../models/registry';
import { findProcedure } from './procedures';
import { defaultTraining, presetSettings } from './setup';
import { createTrainer } from './trainer';
import type { AnySettings } from '../models/settings';

beforeAll(async () => {
  await openBackend('cpu');
});

const widths = [8, 6];
const backbone = findModel('causalint').variants.find(({ name }) => name === 'Shared Bottom')!.settings;

const CHANGES: readonly AnySettings[] = [
  { leakySlope: 0.2 },
  { batchNorm: 'shared' },
  { scenarioFieldInE: false },
];

/** Test metrics after a few steps under equal terms. */
async function trained(model: string, given: AnySettings) {
  const definition = findModel(model);
  const configured = definition.configure({
    ...presetSettings(model, 'comparable'),
    embeddingDim: 4,
    ...given,
  });
  const training = { ...defaultTraining(), steps: 6, batch: 64, evaluateEvery: 3, learningRate: 0.01 };
  const trainer = createTrainer({ configured, dataset: smallDataset(), training, seed: 2 });
  const { events } = findProcedure(configured.procedure).start(trainer, null);
  for await (const event of events) {
    if (event.kind === 'done') {
      trainer.dispose();
      return event.final;
    }
  }
  throw new Error('The run did not end.');
}

it('it shares embeddings alone, as the paper’s does, and not their id; with both alike they train to the same bits', async () => {
  const own = { ...backbone, hidden: widths };
  const shared = { bottom: 'embedding', towerHidden: widths };
  const baseline = await trained('shared-bottom', shared);
  expect(await trained('causalint', { ...own, scenarioFieldInE: true })).toEqual(baseline);
  expect(await trained('causalint', own)).toEqual(
    await trained('shared-bottom', { ...shared, scenarioField: 'off' }),
  );
});

it('what makes them differ: a network below the towers, the slope of the activation, batch norm, the id', async () => {
  const own = { ...backbone, hidden: widths, scenarioFieldInE: true };
  const same = await trained('causalint', own);
  const others = await Promise.all(CHANGES.map((one) => trained('causalint', { ...own, ...one })));
  others.push(await trained('shared-bottom', { bottom: 'mlp', hidden: [8], towerHidden: [6] }));
  for (const other of others) expect(other.overall.logLoss).not.toBe(same.overall.logLoss);
});

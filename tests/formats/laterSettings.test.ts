/** Settings that came after a run was kept: it is read as the model was without them. */
import { expect, it } from 'vitest';
import { findModel } from '../../src/models/registry';
import { defaultSettings } from '../../src/models/settings';
import { upgradeRecord } from '../../src/training/storedRecord';
import { emptyRecord } from '../support/emptyRecord';
import { exportRuns, importRuns, parsedQueue, restoredAblations } from './doors';

it.each([
  ['optmsm', { transferOutput: 'relu' }],
  ['causalint', { orNorm: 'squared', orOrder: 'dataset' }],
  ['mscan', { cBy: 'auc' }],
  ['mmoe', { clusters: 0, clusterSteps: 200 }],
  ['mamdr', { base: 'mix' }],
  ['mix', {}],
] as const)('a kept run, queue item or ablation of %s without its later switches', async (model, meant) => {
  const now = defaultSettings(findModel(model).fields);
  const earlier = Object.fromEntries(Object.entries(now).filter(([name]) => !(name in meant)));
  const { setup, ...rest } = emptyRecord('kept');
  const kept = { ...rest, setup: { ...setup, model, settings: earlier } };
  const wanted = { ...now, ...meant };

  expect(upgradeRecord(kept).setup.settings).toEqual(wanted);
  const [imported] = await importRuns(exportRuns([kept]), 'kept.json');
  expect(imported!.setup.settings).toEqual(wanted);

  const items = [{ id: 'q', setup: kept.setup }];
  const { queue } = parsedQueue(JSON.stringify({ items, paused: false }));
  expect(queue.items[0]!.setup.settings).toEqual(wanted);

  const ablation = {
    ...{ id: 'a', name: 'a', createdAt: '', seeds: [1], runs: [null] },
    ...{ base: kept.setup, rows: [{ name: 'r', table: null, settings: earlier }] },
  };
  const [restored] = restoredAblations(JSON.stringify([ablation]));
  expect([restored!.base.settings, restored!.rows[0]!.settings]).toEqual([wanted, wanted]);

  // A run of today says itself what it is.
  const today = { ...rest, setup: { ...setup, model, settings: now } };
  expect(upgradeRecord(today).setup.settings).toEqual(now);
});

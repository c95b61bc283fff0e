/**
 * The hierarchy trains where nothing below it is normalised. With zero biases and embeddings near zero, its activations start near 0.001,
 * while Adam moves every bias by its rate at each step: without a norm of their own the ReLUs of whole layers fell silent for all rows
 * within twenty steps, and every row got the same prediction.
 */
import { tensor1d, moments } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { smallDataset } from '../../../../tests/support/smallDataset';
import { openBackend } from '../../../engine';
import { halfWidths } from '../../../models/comparable';
import { findModel } from '../../../models/registry';
import { defaultSettings } from '../../../models/settings';
import { createTrainer } from '../../trainer';
import { trainingFields } from '../../settings';
import type { TrainingSettings } from '../../settings';

it.each([1, 2])('it tells rows apart after 40 steps at the rate of the studies, seed %i', async (seed) => {
  await openBackend('wasm');
  const definition = findModel('aread');
  const settings = { ...definition.presets.comparable, ...halfWidths(definition.fields), hemp: false };
  const training = { ...defaultSettings(trainingFields), steps: 40, batch: 128, learningRate: 0.005 };
  const trainer = createTrainer({
    configured: definition.configure(settings),
    dataset: smallDataset(),
    training: training as unknown as TrainingSettings,
    seed,
  });
  for (let step = 0; step < 40; step++) trainer.train(trainer.nextBatch());
  const { probability } = await trainer.predict(trainer.trainingRows.slice(0, 200));
  const { variance } = moments(tensor1d(probability));
  expect(Math.sqrt(variance.dataSync()[0]!)).toBeGreaterThan(0.02);
  trainer.dispose();
});

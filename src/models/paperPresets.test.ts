/** What `paper` presets hold of training and dropout, beside where it is printed: nothing is left at a default that somebody printed, nothing is invented. */
import { expect, it } from 'vitest';
import { models } from './registry';
import { defaultSettings } from './settings';

/** As printed in the paper; of those marked so, in the authors' published configuration, where the paper's text was not at hand. */
const printed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  causalint: {
    batch: 6000,
    learningRate: 1e-3,
    embeddingDim: 20,
    hidden: [256, 128, 64],
    batchNorm: 'shared',
  },
  sarnet: { batch: 2048, learningRate: 1e-3, historyLength: 50, numShared: 8, numOwn: 2 },
  optmsm: { batch: 2048, embeddingDim: 20, hidden: [256, 128, 32] },
  aread: {
    l2: 1e-5,
    warmup: 100,
    maskInterval: 2000,
    numCandidates: 10,
    initialDensity: 0.7,
    targetDensity: 0.4,
  },
  deepfm: { dropout: 0.5, embeddingDim: 10, hidden: [400, 400, 400] },
  pnn: { dropout: 0.5, embeddingDim: 10 },
  din: { batch: 5000, learningRate: 1e-3, embeddingDim: 12, hidden: [200, 80] },
  dcn: { batch: 512, crossLayers: 6, hidden: [1024, 1024] },
  dcnv2: { batch: 512 },
  autoint: { batch: 1024, embeddingDim: 16, headDim: 32 },
  'cross-stitch': { dropout: 0.5, selfWeight: 0.9 },
  // The authors' configurations.
  mamdr: { batch: 1024, learningRate: 1e-3, dropout: 0.5, outerRate: 0.1, helperRate: 0.1, helpers: 5 },
  hinet: { batch: 4096, learningRate: 1e-4, dropout: 0.5, embeddingDim: 32 },
  hamur: { learningRate: 1e-3, l2: 5e-6, dropout: 0, hidden: [256, 128], rank: 35 },
  m3oe: { learningRate: 1e-2, l2: 5e-6, dropout: 0, starWidth: 512 },
};

it.each(models.map((model) => [model.id, model] as const))('%s', (id, model) => {
  const wanted = printed[id] ?? {};
  expect({
    ...defaultSettings(model.fields),
    ...model.presets.paper,
    ...model.presetTraining.paper,
  }).toMatchObject(wanted);
  for (const name of Object.keys(model.presetTraining.paper)) expect(Object.keys(wanted)).toContain(name);
});

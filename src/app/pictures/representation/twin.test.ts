import { describe, expect, it } from 'vitest';
import { defaultTraining, presetSettings } from '../../../training/setup';
import type { RunSetup } from '../../../training/runRecord';
import type { RunSummary } from '../../../workers/protocol';
import { comparable, findTwin, twinOf } from './twin';

const setup = (model: string): RunSetup => ({
  model,
  settings: presetSettings(model, 'tiny'),
  training: defaultTraining(),
  dataset: 'aliccp-3',
  seed: 2,
  backend: 'auto',
});
const kept = (id: string, of: RunSetup, patch: Partial<RunSummary> = {}): RunSummary => ({
  id,
  name: id,
  createdAt: `2026-01-0${id.length}`,
  status: 'done',
  setup: of,
  datasetTitle: '',
  step: 1,
  domainAuc: null,
  domainNoiseFreeAuc: null,
  hasWeights: true,
  hasCheckpoint: false,
  ...patch,
});

describe('the twin', () => {
  it('differs by the constraint alone, and back again', () => {
    const base = setup('optmsm');
    const twin = twinOf(base)!;
    expect(twin.label).toBe('without the orthogonality constraint');
    expect(twin.setup).toEqual({ ...base, settings: { ...base.settings, lambdaOrth: 0 } });
    expect(twinOf(twin.setup)!.label).toBe('with the orthogonality constraint');
    expect(Number(twinOf(twin.setup)!.setup.settings['lambdaOrth'])).toBeGreaterThan(0);
    expect(twinOf(setup('mmoe'))).toBeNull();
  });

  it.each(['optmsm', 'causalint', 'sarnet', 'mscan'])(
    'of %s is found among kept runs, whichever came first',
    (model) => {
      const base = setup(model);
      const twin = twinOf(base)!.setup;
      expect(findTwin(base, [kept('a', base), kept('bb', twin), kept('ccc', twin)])!.id).toBe('ccc');
      expect(findTwin(twin, [kept('a', base), kept('bb', twin)])!.id).toBe('a');
    },
  );

  it('is no run of another seed, other settings, other training, or one that failed', () => {
    const base = setup('optmsm');
    const twin = twinOf(base)!.setup;
    const others = [
      kept('a', { ...twin, seed: 3 }),
      kept('b', { ...twin, settings: { ...twin.settings, seGate: false } }),
      kept('c', { ...twin, training: { ...twin.training, steps: 7 } }),
      kept('d', twin, { status: 'failed' }),
    ];
    expect(findTwin(base, others)).toBeNull();
    expect(comparable('a', 'aliccp-3', others).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(comparable('x', 'travel-20', others)).toEqual([]);
  });
});

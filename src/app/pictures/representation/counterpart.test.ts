import { describe, expect, it } from 'vitest';
import { defaultTraining, presetSettings } from '../../../training/setup';
import type { RunSetup } from '../../../training/runRecord';
import type { RunSummary } from '../../../workers/protocol';
import { comparable, findCounterpart, counterpartOf } from './counterpart';

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

describe('the counterpart', () => {
  it('differs by the constraint alone, and back again', () => {
    const base = setup('optmsm');
    const counterpart = counterpartOf(base)!;
    expect(counterpart.label).toBe('without the orthogonality constraint');
    expect(counterpart.setup).toEqual({ ...base, settings: { ...base.settings, lambdaOrth: 0 } });
    expect(counterpartOf(counterpart.setup)!.label).toBe('with the orthogonality constraint');
    expect(Number(counterpartOf(counterpart.setup)!.setup.settings['lambdaOrth'])).toBeGreaterThan(0);
    expect(counterpartOf(setup('mmoe'))).toBeNull();
  });

  it.each(['optmsm', 'causalint', 'sarnet', 'mscan'])(
    'of %s is found among kept runs, whichever came first',
    (model) => {
      const base = setup(model);
      const counterpart = counterpartOf(base)!.setup;
      expect(
        findCounterpart(base, [kept('a', base), kept('bb', counterpart), kept('ccc', counterpart)])!.id,
      ).toBe('ccc');
      expect(findCounterpart(counterpart, [kept('a', base), kept('bb', counterpart)])!.id).toBe('a');
    },
  );

  it('is no run of another seed, other settings, other training, or one that failed', () => {
    const base = setup('optmsm');
    const counterpart = counterpartOf(base)!.setup;
    const others = [
      kept('a', { ...counterpart, seed: 3 }),
      kept('b', { ...counterpart, settings: { ...counterpart.settings, seGate: false } }),
      kept('c', { ...counterpart, training: { ...counterpart.training, steps: 7 } }),
      kept('d', counterpart, { status: 'failed' }),
    ];
    expect(findCounterpart(base, others)).toBeNull();
    expect(comparable('a', 'aliccp-3', others).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(comparable('x', 'travel-20', others)).toEqual([]);
  });
});

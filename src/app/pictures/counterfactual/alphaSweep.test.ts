import { describe, expect, it } from 'vitest';
import { parseSetup } from '../../../training/parseSetup';
import { defaultSetup } from '../../../training/setup';
import type { RunSummary } from '../../../workers/protocol';
import { alphaRuns, inSweep, parseAlphas, sweepOf } from './alphaSweep';

const base = defaultSetup();
const setup = parseSetup({
  ...base,
  model: 'mscan',
  settings: { alpha: 0.1, c: 0, cMode: 'auto', saca: 'co' },
});

const summary = (alpha: number, createdAt: string, more: Partial<RunSummary> = {}): RunSummary => ({
  id: `${alpha} ${createdAt}`,
  name: '',
  createdAt,
  status: 'done',
  setup: { ...setup, settings: { ...setup.settings, alpha } },
  datasetTitle: '',
  step: 1,
  domainAuc: null,
  domainNoiseFreeAuc: null,
  hasWeights: true,
  hasCheckpoint: false,
  ...more,
});

describe('the sweep over α', () => {
  it('reads values in any order, once each, and refuses what is no weight', () => {
    expect(parseAlphas('1, 0;0.1 0.1')).toEqual([0, 0.1, 1]);
    expect(parseAlphas('')).toBeNull();
    expect(parseAlphas('0.1, x')).toBeNull();
    expect(parseAlphas('-1')).toBeNull();
  });

  it('changes nothing but α', () => {
    const [run] = alphaRuns(setup, 'M-scan', [0.3]);
    expect(run!.setup).toEqual({ ...setup, settings: { ...setup.settings, alpha: 0.3 } });
  });

  it('counts runs that differ in α or c alone', () => {
    expect(
      inSweep(setup, { ...setup, settings: { ...setup.settings, alpha: 2, c: 3, cMode: 'fixed' } }),
    ).toBe(true);
    expect(inSweep(setup, { ...setup, settings: { ...setup.settings, saca: 'none' } })).toBe(false);
    expect(inSweep(setup, { ...setup, seed: setup.seed + 1 })).toBe(false);
    expect(inSweep(setup, { ...setup, training: { ...setup.training, steps: 7 } })).toBe(false);
  });

  it('takes the newest finished run of each α, ascending', () => {
    const found = sweepOf(setup, [
      summary(1, '2'),
      summary(0, '1'),
      summary(0, '3'),
      summary(0.5, '1', { status: 'failed' }),
    ]);
    expect(found.map(({ id }) => id)).toEqual(['0 3', '1 2']);
  });
});

import { describe, expect, it } from 'vitest';
import { defaultSetup, presetSettings } from '../training/setup';
import type { Metrics } from '../training/metrics/types';
import type { RunSetup } from '../training/runRecord';
import { allScenarios, compareCell, differencesInWords, groupRuns } from './groups';
import { settingDifferences } from './setups';
import type { ComparedRun } from './groups';

const base = defaultSetup();

function run(setup: RunSetup, auc: number): ComparedRun {
  const one = {
    rows: 9,
    positives: 3,
    auc,
    noiseFreeAuc: auc,
    interestAuc: null,
    logLoss: 0.1,
    calibration: 1,
  };
  const final: Metrics = {
    scenarios: [one],
    overall: one,
    domainAuc: auc,
    domainNoiseFreeAuc: auc,
    major5Auc: null,
    minor10Auc: null,
    minor5Auc: null,
  };
  return {
    setup,
    latest: null,
    final,
    scenarios: [{ id: 's', name: 'S', group: null, share: 1, clickRate: 0.1 }],
  };
}

const other: RunSetup = { ...base, training: { ...base.training, learningRate: 0.01 } };
const views = [
  run({ ...base, seed: 1 }, 0.6),
  run({ ...base, seed: 2 }, 0.62),
  run({ ...other, seed: 1 }, 0.65),
  run({ ...other, seed: 2 }, 0.66),
  run({ ...other, seed: 3 }, 0.9),
];

describe('groups of runs', () => {
  it('seeds of one set-up are one column', () => {
    const groups = groupRuns(views);
    expect(groups.map((group) => group.runs.length)).toEqual([2, 3]);
    expect(groups[1]!.label).toContain('Learning rate 0.01');
  });

  it('are paired by seed: a seed that only one has does not count in the difference', () => {
    const [a, b] = groupRuns(views);
    const cell = compareCell(b!, a!, 's', 'noiseFree');
    expect(cell.spread?.count).toBe(3);
    expect(cell.pairs).toBe(2);
    expect(cell.difference).toBeCloseTo(0.045, 10);
    expect(cell.p).toBeGreaterThan(0);
    expect(compareCell(a!, a!, 's', 'noiseFree').difference).toBeNull();
    expect(compareCell(b!, a!, 'missing', 'noiseFree').spread).toBeNull();
  });

  it('have no mean from too few clicks, and none of a scenario that no run met', () => {
    const [a] = groupRuns(views);
    expect(compareCell(a!, null, 's', 'drawn')).toMatchObject({ spread: null, missing: 'too few' });
    expect(compareCell(a!, null, 'elsewhere', 'drawn')).toMatchObject({ spread: null, missing: 'not met' });
    expect(compareCell(a!, null, 's', 'noiseFree').missing).toBeNull();
  });

  it('say in words only what differs', () => {
    expect(settingDifferences([base, other])).toEqual([
      { name: 'learningRate', label: 'Learning rate', values: ['0.001', '0.01'] },
    ]);
    expect(settingDifferences([base, base])).toEqual([]);
  });

  it('are called by what was changed by hand, not by what one model has in another size', () => {
    const of = (model: string, changed = {}): RunSetup => ({
      ...base,
      model,
      settings: { ...presetSettings(model, 'tiny'), ...changed },
    });
    const labels = groupRuns([
      run(of('mscan'), 0.6),
      run(of('sarnet'), 0.6),
      run(of('sarnet', { attention: 'hierarchical', attentionHidden: 17 }), 0.6),
    ]).map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(['M-scan', 'SAR-Net']);
    expect(labels[2]).toBe('SAR-Net, Attention units 17');
    // A choice is called as its form calls it.
    const [here, there] = [of('sarnet'), of('sarnet', { attention: 'target' })];
    expect(settingDifferences([here, there])).toContainEqual(
      expect.objectContaining({ name: 'attention', values: ['SAR-Net', 'Target attention'] }),
    );
  });

  it('depart from the reference in whole sentences', () => {
    const [a, b] = groupRuns(views);
    expect(differencesInWords(b!, a!)).toBe(
      'has Learning rate 0.01 instead of 0.001 and was trained with other seeds (1, 2, 3 instead of 1, 2).',
    );
    expect(differencesInWords(a!, a!)).toBe('does not differ.');
    const [, star] = groupRuns([
      run({ ...base, seed: 1 }, 0.6),
      run({ ...base, model: 'star', dataset: 'amazon-25', seed: 1 }, 0.6),
    ]);
    expect(differencesInWords(star!, a!)).toMatch(
      /^is STAR instead of .+, is trained on amazon-25 instead of .+ has settings that only its model has/,
    );
  });

  it('know every scenario once', () => {
    expect(allScenarios(views)).toHaveLength(1);
  });
});

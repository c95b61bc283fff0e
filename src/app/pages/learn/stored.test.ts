import { describe, expect, it } from 'vitest';
import { madeUpStudy } from '../../../studies/reproduce/testing';
import { changesAmong, choicesOf, loserOf } from './changes';
import { storedChanges, studyWorld, switchedPair } from './stored';

const by = { name: 'biasLoss', first: true, second: false } as const;

/** `full` with the switch, `plain` without, `idle` without and with something else turned too. */
function study() {
  const made = madeUpStudy('sarnet');
  const settings: Readonly<Record<string, Record<string, boolean>>> = {
    full: { biasLoss: true, transform: true },
    plain: { biasLoss: false, transform: true },
    idle: { biasLoss: false, transform: false },
  };
  return { ...made, variants: made.variants.map((one) => ({ ...one, settings: settings[one.name] ?? {} })) };
}

describe('a stored study', () => {
  it('answers a switch by the pair that differs in nothing else', () => {
    expect(switchedPair(study(), 'sarnet', by)?.map(({ name }) => name)).toEqual(['full', 'plain']);
    expect(switchedPair(study(), 'mscan', by)).toBeNull();
    expect(switchedPair(study(), 'sarnet', { ...by, name: 'renorm' })).toBeNull();
  });

  it('says what leaving the part out changed, seed by seed, at the dose that was asked for', () => {
    const made = study();
    const strong = studyWorld(made, 'promotion-6', 0.6)!;
    const changes = storedChanges(made, 'sarnet', by, strong, 'noiseFreeAuc');
    expect(changes.map(({ id }) => id)).toEqual(['s1', 's2', 's3', '']);
    for (const { value, interval, pairs } of changes) {
      expect(value).toBeCloseTo(-0.012, 3);
      expect(interval![0]).toBeLessThan(value!);
      expect(pairs).toBe(5);
    }
    const none = storedChanges(made, 'sarnet', by, studyWorld(made, 'promotion-6', 0)!, 'noiseFreeAuc');
    expect(none[0]!.value).toBeCloseTo(0, 3);
    expect(storedChanges(made, 'sarnet', by, strong, 'interestAuc')).toEqual([]);
    expect(studyWorld(made, 'promotion-6', 0.45)).toBeNull();
  });
});

describe('a prediction', () => {
  const scenarios = [
    { id: 'a', name: 'A', share: 0.6 },
    { id: 'b', name: 'B', share: 0.393 },
    { id: 'c', name: 'C', share: 0.005 },
    { id: 'd', name: 'D', share: 0.002 },
  ];
  const found = [0.01, -0.02, null, -0.05].map((value, k) => ({
    ...scenarios[k]!,
    first: null,
    second: null,
    value,
  }));

  it('is about each scenario, or the large and the small by their traffic', () => {
    expect(choicesOf('scenarios', scenarios).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'none']);
    expect(changesAmong('scenarios', scenarios, found).map(({ value }) => value)).toEqual([
      0.01,
      -0.02,
      null,
      -0.05,
    ]);
    const [large, small] = changesAmong('sizes', scenarios, found);
    expect(large!.value).toBeCloseTo((0.6 * 0.01 - 0.393 * 0.02) / 0.993, 12);
    expect(small!.value).toBe(-0.05);
  });

  it('names who lost most, and nobody where nobody did', () => {
    expect(loserOf(changesAmong('scenarios', scenarios, found))?.id).toBe('d');
    expect(
      loserOf([
        { id: 'a', name: 'A', value: 0.1 },
        { id: 'b', name: 'B', value: null },
      ]),
    ).toBeNull();
  });
});

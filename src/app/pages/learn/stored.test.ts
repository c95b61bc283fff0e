import { describe, expect, it } from 'vitest';
import { madeUpStudy } from '../../../studies/reproduce/testing';
import { changesAmong, choicesOf, loserOf } from './changes';
import { overSeeds, seedsInWords } from './predict/overSeeds';
import {
  changeInWords,
  changesByDose,
  dosesInWords,
  sizesInWords,
  storedChanges,
  studyWorld,
  switchedPair,
} from './stored';

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
    // Whichever stands first: one that differs in something else too is no answer.
    const turned = { ...study(), variants: [...study().variants].reverse() };
    expect(switchedPair(turned, 'sarnet', by)?.map(({ name }) => name)).toEqual(['full', 'plain']);
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

  it('says it of the large and of the small as well, each a mean by traffic', () => {
    const made = study();
    const strong = studyWorld(made, 'promotion-6', 0.6)!;
    const shares = [0.7, 0.294, 0.006];
    const world = {
      ...strong,
      scenarios: strong.scenarios.map((one, s) => ({ ...one, share: shares[s]! })),
    };
    const cells = made.cells.map((cell) => {
      const figure = cell.figures['noiseFreeAuc'];
      if (!figure || !cell.variant.endsWith('plain')) return cell;
      const scenarios = figure.scenarios.map((value, s) => (s === 2 ? value! - 0.1 : value));
      return { ...cell, figures: { ...cell.figures, noiseFreeAuc: { ...figure, scenarios } } };
    });
    const changes = storedChanges({ ...made, cells }, 'sarnet', by, world, 'noiseFreeAuc', 'sizes');
    expect(changes.map(({ id }) => id)).toEqual(['s1', 's2', 's3', 'large', 'small', '']);
    const [, , , large, small] = changes;
    expect(large!.value).toBeCloseTo((0.7 * changes[0]!.value! + 0.294 * changes[1]!.value!) / 0.994, 12);
    expect(small!.value).toBeCloseTo(changes[2]!.value!, 12);
    expect(sizesInWords(changes)).toMatch(
      /^The large: −0\.0\d+, worse beyond chance\. The small: −0\.1\d+, worse beyond chance\.$/,
    );
    expect(sizesInWords(changes.slice(0, 3))).toBe('');
  });
});

describe('what a stored change comes to', () => {
  it('is told dose by dose, of one seed too, and left open where nothing was run', () => {
    const made = study();
    const one = {
      ...made,
      cells: made.cells.filter(({ seed, world }) => world !== 'promotion-6-intervention0.6' || seed === 1),
    };
    const doses = changesByDose(one, 'sarnet', by, 'promotion-6', [0, 0.45, 0.6], 'noiseFreeAuc');
    expect(doses.map(({ dose, pairs }) => [dose, pairs])).toEqual([
      [0, 5],
      [0.45, 0],
      [0.6, 1],
    ]);
    expect(doses[1]!.value).toBeNull();
    expect(doses[2]!.value).toBeCloseTo(-0.012, 2);
    expect(doses[2]!.interval).toBeNull();
  });

  it('is said to be chance, beyond it, or of one seed', () => {
    const said = (value: number | null, interval: readonly [number, number] | null, pairs = 5) =>
      changeInWords({ value, interval, pairs }, 'without it', 'AUC');
    expect(said(-0.01, [-0.02, 0.001])).toBe(
      'Without it: mean AUC −0.0100 over 5 seeds, 95 % interval −0.0200 to +0.0010: zero lies inside, so this may be chance.',
    );
    expect(said(-0.01, [-0.02, -0.001])).toContain('so it is worse beyond chance');
    expect(said(0.01, [0.001, 0.02])).toContain('so it is better beyond chance');
    expect(said(0.01, null, 1)).toContain('in the one seed that is stored');
    expect(said(null, null, 0)).toBe('Undefined.');
  });

  it('at no and at most of the cause says whether the part helps by its cause', () => {
    const ends = (none: readonly [number, number, number], most: readonly [number, number, number]) =>
      dosesInWords(
        [none, most].map(([value, low, high], k) => ({ dose: k * 0.6, value, interval: [low, high] })),
        'without it',
      );
    const [gain, loss, chance] = [
      [0.01, 0.005, 0.015],
      [-0.01, -0.015, -0.005],
      [-0.001, -0.006, 0.004],
    ] as const;
    expect(ends(chance, loss)).toBe(
      'Without it: −0.0010, within chance, at dose 0; −0.0100, worse beyond chance, at dose 0.6. The part helps where its cause is.',
    );
    expect(ends(gain, loss)).toContain('The part helps where its cause is.');
    expect(ends(loss, loss)).toContain('The part helps, but also where its cause is not.');
    for (const none of [gain, loss, chance])
      for (const most of [gain, chance])
        expect(ends(none, most)).toContain('do not show that the part helps where its cause is');
    // One seed says nothing, a dose that was not run less.
    const single = { value: -0.01, interval: null };
    expect(
      dosesInWords(
        [0, 0.6].map((dose) => ({ dose, ...single })),
        'it',
      ),
    ).toBe('It: −0.0100, one seed, at dose 0; −0.0100, one seed, at dose 0.6.');
    expect(
      dosesInWords(
        [
          { dose: 0, value: null, interval: null },
          { dose: 1, ...single },
        ],
        'it',
      ),
    ).toBe('');
  });

  it('over seeds that were trained here has a mean and an interval, and names what is beyond chance', () => {
    const run = (a: number, b: number | null) => [
      { id: 'a', name: 'A', value: a },
      { id: 'b', name: 'B', value: b },
    ];
    const [a, b] = overSeeds([run(-0.03, 0.01), run(-0.032, -0.02), run(-0.031, null)]);
    expect(a!.value).toBeCloseTo(-0.031, 12);
    // Student, two degrees of freedom: 4.3027 deviations over the root of three.
    expect(a!.interval![1] - a!.value!).toBeCloseTo((4.3027 * 0.001) / Math.sqrt(3), 6);
    expect([b!.value, b!.interval]).toEqual([null, null]);
    expect(seedsInWords([a!, b!], 3)).toBe(
      'Over 3 seeds beyond chance: A (loses); the others may be chance.',
    );
    expect(seedsInWords([b!], 3)).toBe(
      'Over 3 seeds no change is beyond chance; more seeds make the lines shorter.',
    );
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

import { readFileSync, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLAIMING_PAPERS } from '../claims';
import { parseStudy } from '../evidence/format';
import { findVariant } from '../evidence/variants';
import { mechanismsOf } from './mechanisms';
import { madeUpStudy } from './testing';

describe('what must show of a paper', () => {
  it('is there for every paper, and says what was not run', () => {
    for (const paper of CLAIMING_PAPERS) {
      const found = mechanismsOf(paper, null);
      expect(found.length, paper).toBeGreaterThan(0);
      expect(found.every(({ series }) => series.every(({ points }) => points.length === 0))).toBe(true);
      expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    }
  });

  it('takes differences over paired seeds, dose by dose', () => {
    const made = madeUpStudy('causalint');
    const named = {
      'causalint:full': 'causalint',
      'causalint:plain': 'single',
      'causalint:idle': 'shared-bottom',
    };
    const study = JSON.parse(
      JSON.stringify(made).replaceAll(
        /causalint:(full|plain|idle)/g,
        (id) => named[id as keyof typeof named],
      ),
    ) as typeof made;
    const transfer = mechanismsOf('causalint', study).find(({ id }) => id === 'transfer')!;
    const full = transfer.series.find(({ label }) => label.startsWith('CausalInt − Single, most'))!;
    expect(full.points.map(({ x }) => x)).toEqual([0, 0.3, 0.6]);
    // The made-up gain is 0.02 of the dose, and seeds are paired: their common noise is in neither end.
    for (const { x, value, low, high, seeds } of full.points) {
      expect(seeds).toBe(5);
      expect(Math.abs(value - 0.02 * x)).toBeLessThan(0.002);
      expect(low! < value && value < high!).toBe(true);
    }
  });

  it('holds the density of masks against the target that the stored runs had', () => {
    const made = madeUpStudy('aread');
    const variants = made.variants.map((one, k) =>
      k === 0 ? { ...one, id: 'aread', settings: { ...one.settings, targetDensity: 0.31 } } : one,
    );
    const reference = (study: typeof made | null) =>
      mechanismsOf('aread', study).find(({ id }) => id === 'density')!.reference;
    expect(reference({ ...made, variants })?.value).toBe(0.31);
    expect(reference(null)).toBeNull();
  });

  it('names figures and variants that stored studies have', () => {
    let compared = 0;
    for (const paper of CLAIMING_PAPERS) {
      const file = new URL(`../../../public/studies/${paper}.json`, import.meta.url);
      if (!existsSync(file)) continue;
      const study = parseStudy(readFileSync(file, 'utf8'));
      for (const { id, series } of mechanismsOf(paper, study)) {
        compared++;
        expect(
          series.some(({ points }) => points.length > 0),
          `${paper} ${id}`,
        ).toBe(true);
      }
    }
    expect(compared).toBeGreaterThan(3);
    for (const id of ['sarnet:bias-net', 'sarnet:bias-adapting-loss', 'optmsm:without-priors', 'aread:hemp'])
      expect(findVariant(id).id).toBe(id);
  });
});

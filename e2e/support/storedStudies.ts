/** Stored studies as their files are, and what is computed of them here by other means than the page's. */
import { existsSync, readFileSync } from 'node:fs';
import { parseStudy } from '../../src/studies/evidence/format';
import type { Claim } from '../../src/studies/claims';
import { verdicts } from '../../src/studies/evidence/verdict';
import type { StoredStudy, StudyCell } from '../../src/studies/evidence/format';

type Figures = StudyCell['figures'];

/** What each story's switch is in its study: the variant without the paper's part, and with it. */
export const SWITCHED: Readonly<Record<string, readonly [string, string]>> = {
  sarnet: ['sarnet:bias-net', 'sarnet'],
  causalint: ['causalint:do-invar', 'causalint:srm-or'],
  optmsm: ['optmsm:without-hypernetwork', 'optmsm'],
  mscan: ['mscan:with-saca-without-sbe', 'mscan'],
  aread: ['aread:mmoe', 'aread'],
};

/** Null where none is stored yet. */
export function storedStudy(paper: string): StoredStudy | null {
  if (!existsSync(`public/studies/${paper}.json`)) return null;
  return parseStudy(readFileSync(`public/studies/${paper}.json`, 'utf8'));
}

/** A variant less another, a value a seed that both have, in a world. */
export function differencesBySeed(
  { cells }: StoredStudy,
  world: string,
  [variant, against]: readonly [string, string],
  of: (figures: Figures) => number | null | undefined,
): number[] {
  const here = cells.filter((cell) => cell.world === world);
  return here
    .filter((cell) => cell.variant === variant)
    .flatMap(({ seed, figures }) => {
      const other = here.find((cell) => cell.variant === against && cell.seed === seed);
      const [a, b] = [of(figures), other && of(other.figures)];
      return typeof a === 'number' && typeof b === 'number' ? [a - b] : [];
    });
}

/** A variant less another in one seed, in the mean and by scenario; null where either is undefined. */
export function differencesOfSeed(
  { cells }: StoredStudy,
  world: string,
  pair: readonly [string, string],
  seed: number,
): { readonly mean: number; readonly scenarios: readonly (number | null)[] } {
  const [a, b] = pair.map(
    (variant) =>
      cells.find((cell) => cell.world === world && cell.variant === variant && cell.seed === seed)!.figures[
        'noiseFreeAuc'
      ]!,
  );
  const less = (x: number | null | undefined, y: number | null | undefined) =>
    typeof x === 'number' && typeof y === 'number' ? x - y : null;
  return {
    mean: less(a!.mean, b!.mean)!,
    scenarios: a!.scenarios.map((value, s) => less(value, b!.scenarios[s])),
  };
}

/** The same over domains of 1 % of the traffic or more, and over the others: means by traffic. */
export function sizesBySeed(
  study: StoredStudy,
  { id, scenarios }: StoredStudy['worlds'][number],
  pair: readonly [string, string],
): Readonly<Record<'the large' | 'the small', readonly number[]>> {
  const over = (small: boolean) =>
    differencesBySeed(study, id, pair, ({ noiseFreeAuc }) => {
      const chosen = scenarios
        .map(({ share }, s) => ({ share, s }))
        .filter(({ share }) => share < 0.01 === small);
      const traffic = chosen.reduce((sum, { share }) => sum + share, 0);
      return chosen.reduce(
        (sum, { share, s }) => sum + (share / traffic) * (noiseFreeAuc?.scenarios[s] ?? NaN),
        0,
      );
    });
  return { 'the large': over(false), 'the small': over(true) };
}

/** What a paper's study says of its claims at the most of its cause, by the claim's name. */
export function verdictsOf(paper: string): ReadonlyMap<string, string> {
  const study = storedStudy(paper);
  const { claims } = JSON.parse(readFileSync(`src/studies/claims/${paper}.json`, 'utf8')) as {
    claims: readonly Claim[];
  };
  const found = study && verdicts(claims, study, mostOfTheCause(study));
  return new Map(claims.map(({ id }) => [id, found?.get(id)?.verdict ?? 'not run']));
}

/** Mean; half the width of the 95 % interval by Student for up to eight seeds, null for one. */
export function summary(values: readonly number[]): { readonly mean: number; readonly half: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const t = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646][values.length - 2];
  if (t === undefined) return { mean, half: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: t * Math.sqrt(variance / values.length) };
}

/** The world of a study in which its cause is strongest. */
export function mostOfTheCause({ worlds }: StoredStudy): StoredStudy['worlds'][number] {
  return worlds
    .filter(({ dose }) => dose !== null)
    .reduce((most, one) => (one.dose! > most.dose! ? one : most));
}

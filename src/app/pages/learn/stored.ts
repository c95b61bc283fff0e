/** What stored studies say of a story's switch. */
import { pairedCells } from '../../../studies/reproduce/cells';
import { pairBySeed, valuesBySeed } from '../../../studies/evidence/values';
import { spread } from '../../../studies/statistics';
import type { StoredStudy, StudyVariant, StudyWorld } from '../../../studies/evidence/format';
import { formatSigned } from '../../format';
import type { StorySwitch } from './story';

export interface StoredChange {
  readonly id: string;
  readonly name: string;
  /** Without the paper's part, less with it: mean over seeds; null where nothing is defined. */
  readonly value: number | null;
  /** 95 %; null with fewer than two seeds. */
  readonly interval: readonly [number, number] | null;
  readonly pairs: number;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A model as it stands beside the same model with nothing but the switch turned; the first such pair of a study. */
export function switchedPair(
  { variants }: StoredStudy,
  paper: string,
  by: StorySwitch,
): readonly [StudyVariant, StudyVariant] | null {
  const own = variants.filter(({ model }) => model === paper);
  for (const first of own) {
    if (!same(first.settings[by.name], by.first)) continue;
    const names = Object.keys(first.settings);
    const second = own.find(
      ({ settings, training }) =>
        same(settings[by.name], by.second) &&
        names.every((name) => name === by.name || same(settings[name], first.settings[name])) &&
        same(training, first.training),
    );
    if (second) return [first, second];
  }
  return null;
}

/** The study's world at a dose; null where it was not run. */
export function studyWorld({ worlds }: StoredStudy, base: string, dose: number): StudyWorld | null {
  return worlds.find((world) => world.base === base && world.dose === dose) ?? null;
}

/** A variant less another of the one seed that both have; null where there is none. */
function onlyPair(
  study: StoredStudy,
  world: StudyWorld,
  variants: readonly [string, string],
  metric: string,
  of: string,
): number | null {
  const [a, b] = variants.map((id) => valuesBySeed(study, world, id, metric, of));
  const pairs = pairBySeed(a ?? new Map(), b ?? new Map());
  return spread(pairs.a.map((value, k) => minus(value, pairs.b[k] ?? null)))?.mean ?? null;
}

const minus = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a - b;

/** Change of a metric by scenario, the mean last; empty where the study has no pair that differs in the switch alone. */
export function storedChanges(
  study: StoredStudy,
  paper: string,
  by: StorySwitch,
  world: StudyWorld,
  metric: string,
): readonly StoredChange[] {
  const pair = switchedPair(study, paper, by);
  if (!pair) return [];
  const [first, second] = pair;
  const parts = [
    ...world.scenarios.map(({ id, name }) => ({ id, name, of: id })),
    { id: '', name: 'mean', of: 'mean' },
  ];
  const found = parts.map(({ id, name, of }) => {
    const paired = pairedCells(study, world, second.id, first.id, { metric, of });
    if (paired) return { id, name, value: paired.difference, interval: paired.interval, pairs: paired.pairs };
    const value = onlyPair(study, world, [second.id, first.id], metric, of);
    return { id, name, value, interval: null, pairs: value === null ? 0 : 1 };
  });
  return found.some(({ value }) => value !== null) ? found : [];
}

/** Change of the mean at each dose, lowest first; `value` is null at doses that were not run. */
export function changesByDose(
  study: StoredStudy,
  paper: string,
  by: StorySwitch,
  base: string,
  doses: readonly number[],
  metric: string,
): readonly (Omit<StoredChange, 'id' | 'name'> & { readonly dose: number })[] {
  return doses.map((dose) => {
    const world = studyWorld(study, base, dose);
    const mean = world && storedChanges(study, paper, by, world, metric).at(-1);
    return { dose, value: mean?.value ?? null, interval: mean?.interval ?? null, pairs: mean?.pairs ?? 0 };
  });
}

/** As a sentence begins. */
export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Whether a change is more than chance, in words; `subject` is without the paper's part, `measure` the metric. */
export function changeInWords(
  { value, interval, pairs }: Pick<StoredChange, 'value' | 'interval' | 'pairs'>,
  subject: string,
  measure: string,
): string {
  if (value === null) return 'Undefined.';
  const size = formatSigned(value);
  const who = capital(subject);
  if (!interval)
    return `${who}: mean ${measure} ${size} in the one seed that is stored. Chance alone moves it as well.`;
  const seeds = `over ${pairs} seeds, 95 % interval ${formatSigned(interval[0])} to ${formatSigned(interval[1])}`;
  const beyond = interval[0] > 0 || interval[1] < 0;
  const came = beyond
    ? `zero lies outside, so it is ${value > 0 ? 'better' : 'worse'} beyond chance`
    : 'zero lies inside, so this may be chance';
  return `${who}: mean ${measure} ${size} ${seeds}: ${came}.`;
}

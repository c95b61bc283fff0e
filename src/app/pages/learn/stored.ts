/** What stored studies say of a story's switch. */
import { pairedCells } from '../../../studies/reproduce/cells';
import { pairBySeed, valuesBySeed } from '../../../studies/evidence/values';
import { spread } from '../../../studies/statistics';
import type { StoredStudy, StudyVariant, StudyWorld } from '../../../studies/evidence/format';
import { formatSigned, trimNumber } from '../../format';
import { sizesOf } from './changes';
import type { PredictStory, StorySwitch } from './story';

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

/**
 * Change of a metric by scenario, then of the large and of the small where these are asked for, the mean last; empty where the study has no pair that differs
 * in the switch alone.
 */
export function storedChanges(
  study: StoredStudy,
  paper: string,
  by: StorySwitch,
  world: StudyWorld,
  metric: string,
  among: PredictStory['among'] = 'scenarios',
): readonly StoredChange[] {
  const pair = switchedPair(study, paper, by);
  if (!pair) return [];
  const [first, second] = pair;
  const parts = [
    ...world.scenarios.map(({ id, name }) => ({ id, name, of: id })),
    ...(among === 'sizes' ? sizeParts(world) : []),
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

/** The large and the small of a world, as parts of a study's figures. */
function sizeParts({ scenarios }: StudyWorld): readonly { id: string; name: string; of: string }[] {
  const { large, small } = sizesOf(scenarios);
  return [
    { id: 'large', name: 'the large', of: large.join('+') },
    { id: 'small', name: 'the small', of: small.join('+') },
  ].filter(({ of }) => of !== '');
}

/** As a sentence begins. */
export const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

type Known = Pick<StoredChange, 'value' | 'interval'>;

/** Whether the whole interval lies on one side of zero: `better` or `worse`; null where it holds zero, or there is none. */
function beyondChance({ interval }: Known): 'better' | 'worse' | null {
  if (!interval) return null;
  return interval[0] > 0 ? 'better' : interval[1] < 0 ? 'worse' : null;
}

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
  const beyond = beyondChance({ value, interval });
  const came = beyond
    ? `zero lies outside, so it is ${beyond} beyond chance`
    : 'zero lies inside, so this may be chance';
  return `${who}: mean ${measure} ${size} ${seeds}: ${came}.`;
}

/** `−0.0085, worse beyond chance`, of one size. */
function briefly(change: Known): string {
  const beyond = beyondChance(change);
  const came = beyond ? `${beyond} beyond chance` : change.interval ? 'within chance' : 'one seed';
  return `${formatSigned(change.value)}, ${came}`;
}

/** What a change comes to for the large and for the small; empty where these were not asked for. */
export function sizesInWords(changes: readonly StoredChange[]): string {
  const parts = ['large', 'small'].flatMap((id) => changes.filter((one) => one.id === id));
  return parts.map((one) => `${capital(one.name)}: ${briefly(one)}.`).join(' ');
}

/**
 * Whether the part helps where its cause is, in words: what leaving it out changes without the cause, and with most of it. Empty
 * where either was not run.
 *
 * @param doses lowest first
 */
export function dosesInWords(doses: readonly (Known & { readonly dose: number })[], subject: string): string {
  const [none, most] = [doses.find(({ dose }) => dose === 0), doses.at(-1)];
  if (!none || !most || none.value === null || most.value === null || none === most) return '';
  const ends = `${capital(subject)}: ${briefly(none)}, at dose 0; ${briefly(most)}, at dose ${trimNumber(most.dose)}.`;
  if (!none.interval || !most.interval) return ends;
  const [without, with_] = [beyondChance(none), beyondChance(most)];
  const verdict =
    with_ !== 'worse'
      ? 'These runs do not show that the part helps where its cause is.'
      : without === 'worse'
        ? 'The part helps, but also where its cause is not.'
        : 'The part helps where its cause is.';
  return `${ends} ${verdict}`;
}

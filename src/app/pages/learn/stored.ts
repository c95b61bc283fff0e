/** What stored studies say of a story's switch. */
import { pairedCells } from '../../../studies/reproduce/cells';
import type { StoredStudy, StudyVariant, StudyWorld } from '../../../studies/evidence/format';
import type { StorySwitch } from './story';

export interface StoredChange {
  readonly id: string;
  readonly name: string;
  /** Without the paper's part, less with it: mean over seeds, 95 % interval; null with fewer than two seeds. */
  readonly value: number | null;
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
    return {
      id,
      name,
      value: paired?.difference ?? null,
      interval: paired?.interval ?? null,
      pairs: paired?.pairs ?? 0,
    };
  });
  return found.some(({ value }) => value !== null) ? found : [];
}

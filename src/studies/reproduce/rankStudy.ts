/** The study that the rank map is of: the stored one, else what the papers' studies have of models as they come. */
import { findTwin, WORLDS } from '../../data/simulate';
import { CLAIMING_PAPERS } from '../claims';
import { settingsKey } from '../setups';
import type { StoredStudy, StudyVariant } from '../evidence/format';

/** A world at a dose that is not its own belongs to its paper's study alone. */
function isWhole({ id, base }: StoredStudy['worlds'][number]): boolean {
  return id === base;
}

/** A model as it comes: no row of a paper's table, not tuned, not scored otherwise. */
function isPlain({ id, model, tuned, scored }: StudyVariant): boolean {
  return id === model && tuned === undefined && scored === undefined;
}

const trainedAlike = (a: StudyVariant, b: StudyVariant): boolean =>
  settingsKey(a.settings) === settingsKey(b.settings) && settingsKey(a.training) === settingsKey(b.training);

/** Cause worlds first, in their own order; then twins. */
function worldOrder({ base }: { readonly base: string }): number {
  const place = WORLDS.findIndex(({ id }) => id === base);
  return place < 0 ? WORLDS.length : place;
}

/**
 * Models as they come, in worlds at their own dose, of several studies in one.
 *
 * Of a model that two studies train differently only the first one's runs are taken: others are another model.
 */
function merged(studies: readonly StoredStudy[]): StoredStudy | null {
  const [first] = studies;
  if (!first) return null;
  const worlds = new Map<string, StoredStudy['worlds'][number]>();
  const variants = new Map<string, StudyVariant>();
  const cells = new Map<string, StoredStudy['cells'][number]>();
  for (const study of studies) {
    const own = new Map(study.worlds.filter(isWhole).map((world) => [world.id, world]));
    const plain = new Set<string>();
    for (const variant of study.variants.filter(isPlain)) {
      const known = variants.get(variant.id) ?? variant;
      if (!trainedAlike(known, variant)) continue;
      variants.set(variant.id, known);
      plain.add(variant.id);
    }
    for (const cell of study.cells) {
      const world = own.get(cell.world);
      if (!world || !plain.has(cell.variant)) continue;
      const known = worlds.get(world.id) ?? world;
      if (known.fingerprint !== world.fingerprint) continue;
      worlds.set(world.id, known);
      const key = JSON.stringify([cell.world, cell.variant, cell.seed]);
      if (!cells.has(key)) cells.set(key, cell);
    }
  }
  if (cells.size === 0) return null;
  return {
    ...first,
    id: 'ranks',
    title: 'Models as they come, of the papers’ studies',
    worlds: [...worlds.values()].sort(
      (a, b) => worldOrder(a) - worldOrder(b) || findTwin(a.base).title.localeCompare(findTwin(b.base).title),
    ),
    variants: [...variants.values()],
    cells: [...cells.values()],
  };
}

/** @returns null where nothing is stored that could be ranked */
export function rankStudy(studies: readonly StoredStudy[]): {
  readonly study: StoredStudy;
  /** Whether it is the study of all models; else it was put together from those of the papers. */
  readonly whole: boolean;
} | null {
  const stored = studies.find(({ id }) => id === 'ranks');
  if (stored && stored.cells.length > 0) return { study: stored, whole: true };
  const study = merged(studies.filter(({ id }) => CLAIMING_PAPERS.includes(id)));
  return study && { study, whole: false };
}

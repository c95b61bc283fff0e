/** From planned cells and what was trained of them to a stored study. */
import { presetTraining } from '../../training/setup';
import { parseSetup, type ParsedSetup } from '../../training/parseSetup';
import { studyTraining, worldSettings } from '../budget';
import { presetSettings } from '../../training/setup';
import { figuresOfCeilings } from './figures';
import { keptFigures } from './kept';
import { studyTitle, type PlannedCell } from './plans';
import { takenDraw, TUNING_SEED } from './tuned';
import { findVariant, STUDY_PRESET } from './variants';
import type { TuningDraw } from '../tuning';
import type { Dataset } from '../../data/dataset';
import type { SettingValue } from '../../models/settings';
import type { Ceilings } from '../../training/metrics';
import type { Figures, StoredStudy, StudyCell, StudyVariant, StudyWorld } from './format';

/** What is kept of one trained cell. */
export interface TrainedCell {
  readonly fingerprint: string;
  readonly figures: Readonly<Record<string, Figures>>;
  readonly ceilings: Ceilings;
  readonly bestStep: number;
  readonly steps: number;
  readonly seconds: number;
  readonly parameters: number;
  /** Processor microseconds of scoring one test row; kept since November 2026. */
  readonly inference?: number | undefined;
}

/** The set-up that a planned cell is trained with. */
export function plannedSetup(
  cell: Pick<PlannedCell, 'study' | 'variant' | 'world' | 'seed' | 'tuned'>,
): ParsedSetup {
  const { tuned, seed } = cell;
  return tuned
    ? setupOf({ ...cell, variant: tuned.of }, seed, takenDraw(tuned).draw)
    : setupOf(cell, seed, { settings: {}, training: {} });
}

/** A draw of a variant's tuning budget, with the seed on which draws are judged. */
export function drawSetup(row: Row, draw: TuningDraw): ParsedSetup {
  return setupOf(row, TUNING_SEED, draw);
}

type Row = Pick<PlannedCell, 'study' | 'variant' | 'world'>;

function setupOf({ study, variant, world }: Row, seed: number, draw: TuningDraw): ParsedSetup {
  const { model, settings } = findVariant(variant);
  const training = studyTraining(study);
  return parseSetup({
    model,
    settings: {
      ...presetSettings(model, STUDY_PRESET),
      ...worldSettings(model, training.steps),
      ...settings,
      ...draw.settings,
    },
    training: { ...presetTraining(model, STUDY_PRESET), ...training, ...draw.training },
    dataset: world,
    seed,
    backend: 'wasm',
  });
}

type StoredSettings = StudyVariant['settings'];

function stored(settings: Readonly<Record<string, SettingValue>>): StoredSettings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
}

/** A variant of a study as it comes, with everything that trains it. */
export function storedVariant(id: string, study: string): StudyVariant {
  return storedVariantOf({ study, variant: id, world: '-' });
}

/** The variant of a planned cell, with everything that trains it. */
export function storedVariantOf(
  cell: Pick<PlannedCell, 'study' | 'variant' | 'world' | 'tuned'>,
): StudyVariant {
  const { variant: id, world, tuned } = cell;
  const { name, model, scored } = findVariant(tuned?.of ?? id);
  const { settings, training } = plannedSetup({ ...cell, seed: 1 });
  return {
    id,
    name: tuned ? `${name}, tuned` : name,
    model,
    preset: STUDY_PRESET,
    settings: stored(settings),
    training: stored({ ...training }),
    ...(scored && { scored }),
    ...(tuned && {
      tuned: {
        of: tuned.of,
        world,
        seed: TUNING_SEED,
        losses: [...tuned.losses],
        best: takenDraw(tuned).best,
      },
    }),
  };
}

/** A world as a study lists it. */
function storedWorld(
  place: PlannedCell,
  dataset: Pick<Dataset, 'title' | 'fingerprint' | 'scenarios'>,
  ceilings: Ceilings,
): StudyWorld {
  const scenarios = dataset.scenarios.map(({ id, name, share }) => ({ id, name, share }));
  return {
    id: place.world,
    title: dataset.title,
    base: place.base,
    dose: place.dose,
    knob: place.knob,
    simulated: true,
    fingerprint: dataset.fingerprint,
    scenarios,
    ceilings: figuresOfCeilings(
      ceilings,
      scenarios.map(({ share }) => share),
    ),
  };
}

/** A cell as a study keeps it; of a control that only scores otherwise, the one figure that it has. Null where the run has none. */
function storedCell({ world, variant, seed, tuned }: PlannedCell, trained: TrainedCell): StudyCell | null {
  const { bestStep, steps, seconds, parameters, inference } = trained;
  const { scored } = findVariant(tuned?.of ?? variant);
  const fixed = trained.figures['interestAucFixedSlot'];
  if (scored && !fixed) return null;
  const figures = keptFigures(scored && fixed ? { interestAuc: fixed } : trained.figures);
  const cell = { world, variant, seed, figures, bestStep, steps, seconds, parameters };
  return inference === undefined ? cell : { ...cell, inference };
}

export interface Trained {
  readonly cell: PlannedCell;
  readonly trained: TrainedCell;
}

/**
 * A study of all its trained cells; worlds and variants in the order in which they are planned.
 *
 * @param datasets by id, of every world that has a cell
 */
export function assembleStudy(
  id: string,
  cells: readonly Trained[],
  datasets: ReadonlyMap<string, Pick<Dataset, 'title' | 'fingerprint' | 'scenarios'>>,
  made: StoredStudy['made'],
): StoredStudy {
  const worlds = new Map<string, StudyWorld>();
  const variants = new Map<string, StudyVariant>();
  const kept = new Map<string, StudyCell>();
  for (const { cell, trained } of cells) {
    const dataset = datasets.get(cell.world);
    const found = dataset?.fingerprint === trained.fingerprint ? storedCell(cell, trained) : null;
    if (!dataset || !found) continue;
    if (!worlds.has(cell.world)) worlds.set(cell.world, storedWorld(cell, dataset, trained.ceilings));
    if (!variants.has(cell.variant)) variants.set(cell.variant, storedVariantOf(cell));
    kept.set(JSON.stringify([cell.world, cell.variant, cell.seed]), found);
  }
  return {
    format: 'scenarium-study/1',
    id,
    title: studyTitle(id),
    made,
    worlds: [...worlds.values()],
    variants: [...variants.values()],
    cells: [...kept.values()],
  };
}

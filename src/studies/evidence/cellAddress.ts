import { parseSetup } from '../../training/parseSetup';
import { defaultTraining, setupToParams } from '../../training/setup';
import type { ParsedSetup } from '../../training/parseSetup';
import type { StoredStudy, StudyCell } from './format';

/**
 * The set-up that trains a cell again, with the study's backend.
 *
 * @throws RangeError with one sentence where this version cannot train it
 */
export function cellSetup(
  study: StoredStudy,
  cell: Pick<StudyCell, 'world' | 'variant' | 'seed'>,
): ParsedSetup {
  const variant = study.variants.find(({ id }) => id === cell.variant);
  if (!variant) throw new RangeError(`The study has no variant “${cell.variant}”.`);
  return parseSetup({
    model: variant.model,
    settings: variant.settings,
    training: { ...defaultTraining(), ...variant.training },
    dataset: cell.world,
    seed: cell.seed,
    backend: study.made.backend,
  });
}

/** The Lab's address that runs a cell again at once: `?page=lab&model=…&dataset=…&seed=…&autostart=1`. @throws RangeError as `cellSetup` */
export function cellAddress(study: StoredStudy, cell: Pick<StudyCell, 'world' | 'variant' | 'seed'>): string {
  const preset = study.variants.find(({ id }) => id === cell.variant)?.preset;
  const params = setupToParams(cellSetup(study, cell), preset);
  return `?page=lab&${params.toString()}&autostart=1`;
}

/** Tunes a row of a study within its budget: `--tune 8`. */
import { TUNING_SEED } from '../../src/studies/evidence/tuned';
import { bestDraw, tuningDraws } from '../../src/studies/tuning';
import { parseSetup } from '../../src/training/parseSetup';
import { readCell, trainCell } from './cells';
import type { BackendInfo } from '../../src/engine';
import type { Dataset } from '../../src/data/dataset';
import type { ParsedSetup } from '../../src/training/parseSetup';
import type { AnySettings } from '../../src/models/settings';
import type { Cell } from '../../src/studies/modelStudy/cell';

export interface TuneOptions {
  readonly dataset: Dataset;
  readonly backend: BackendInfo;
  /** Draws a row. */
  readonly draws: number;
  /** Told of every draw that is judged. */
  readonly report: (text: string) => void;
}

/**
 * A row's set-up with the best of its draws, judged on validation rows of one seed that is none of the study's; the test rows of the draws are
 * looked at by nobody.
 *
 * @param setup the row as it comes, of any seed
 * @param fixed settings that make the row what it is
 */
export async function tuned(
  setup: ParsedSetup,
  fixed: AnySettings,
  { dataset, backend, draws, report }: TuneOptions,
): Promise<ParsedSetup> {
  const setups = tuningDraws(setup.model, TUNING_SEED, fixed, draws).map(({ settings, training }) =>
    parseSetup({
      ...setup,
      seed: TUNING_SEED,
      settings: { ...setup.settings, ...settings },
      training: { ...setup.training, ...training },
    }),
  );
  const losses: (number | null)[] = [];
  for (const [k, drawn] of setups.entries()) {
    const kept: Cell | null = await readCell(drawn, dataset.fingerprint);
    const usable = kept?.validationLogLoss === undefined ? null : kept;
    const cell = usable ?? (await trainCell(drawn, dataset, backend));
    losses.push(cell.validationLogLoss ?? null);
    report(`draw ${k + 1}/${setups.length}: validation log loss ${losses.at(-1)?.toFixed(5) ?? 'undefined'}`);
  }
  const best = setups[bestDraw(losses) ?? 0]!;
  return parseSetup({ ...best, seed: setup.seed });
}

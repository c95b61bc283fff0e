/** A stored cell and the same cell run again: whether they agree, and why not. */
import { stateOfRecord } from '../../training/recordRun';
import { figuresOfRun } from '../evidence/figures';
import { insideFigures } from '../evidence/insideFigures';
import { keptFigures } from '../evidence/kept';
import type { Figures, StoredStudy, StudyCell, StudyWorld } from '../evidence/format';
import type { Metrics } from '../../training/metrics';
import type { RunRecord } from '../../training/runRecord';

/** What a run that was repeated says of itself. */
export interface Repeat {
  readonly run: string;
  readonly backend: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly scenarios: StudyWorld['scenarios'];
  readonly figures: Readonly<Record<string, Figures>>;
}

export interface Agreement {
  /** `exact`: every figure to the bit, log loss to the rounding of its logarithm; `close`: none further apart than the margin; `apart`: one is. */
  readonly kind: 'exact' | 'close' | 'apart';
  /** Largest difference of a figure that both have; null where one has a figure that is undefined in the other. */
  readonly largest: number | null;
  /** One sentence where it is not exact. */
  readonly why: string | null;
}

/** What a finished run came to; null where it has no figures. */
export function repeatOf(record: RunRecord): Repeat | null {
  const { id, final, backend, versions, datasetFingerprint, scenarios } = record;
  if (!final || !backend) return null;
  return {
    run: id,
    backend: backend.name,
    // As `npm run study` writes it.
    version: `scenarium ${versions.scenarium ?? ''}, tfjs ${versions.tfjs ?? ''}`,
    fingerprint: datasetFingerprint,
    scenarios: scenarios.map((one) => ({ id: one.id, name: one.name, share: one.share })),
    // As a study keeps them: figures of a scenario have seven digits there.
    figures: keptFigures(figuresOfRecord(record, final)),
  };
}

/** All that a study would keep of a run: its metrics, what the truth says of it, and figures of its inside, in this order. */
function figuresOfRecord(record: RunRecord, final: Metrics): Record<string, Figures> {
  const shares = record.scenarios.map(({ share }) => share);
  const found = figuresOfRun(final, shares);
  for (const [name, figure] of Object.entries(record.truth ?? {}))
    found[name] = { ...figure, scenarios: [...figure.scenarios] };
  return { ...found, ...insideFigures(stateOfRecord(record)) };
}

/** As far apart as two runs may be and still say the same: the margin of “no effect”. */
const SAME_MARGIN = 0.002;

/** Log loss takes a logarithm a row, which JavaScript's engines round each in its own way. */
const LOGARITHM = 1e-12;

interface Both {
  readonly metric: string;
  readonly stored: number | null;
  readonly again: number | null;
}

/** Each figure of both, stored and repeated. */
function* bothOf(cell: StudyCell, repeat: Repeat): Generator<Both> {
  // Files of the older form have all digits of a scenario.
  for (const [metric, stored] of Object.entries(keptFigures(cell.figures))) {
    const again = repeat.figures[metric];
    if (!again) continue;
    yield { metric, stored: stored.overall, again: again.overall };
    yield { metric, stored: stored.mean, again: again.mean };
    for (const [s, value] of stored.scenarios.entries())
      yield { metric, stored: value, again: again.scenarios[s] ?? null };
  }
}

function reason(study: StoredStudy, world: StudyWorld | undefined, repeat: Repeat): string {
  const { made } = study;
  if (world && world.fingerprint !== repeat.fingerprint)
    return 'The data are others: this version simulates this world differently.';
  if (made.backend !== repeat.backend)
    return `It was trained on ${repeat.backend} here and on ${made.backend} there, which round differently.`;
  if (made.version !== repeat.version)
    return `It was trained by version ${repeat.version} here and by version ${made.version} there.`;
  // Threads are not named: they change no number.
  return 'Data, backend and version are the same: nothing that is kept explains it, but engines that fuse a multiplication and an addition differ in the last digits from those that do not.';
}

/** @returns null where the two have no figure in common */
export function agreement(study: StoredStudy, cell: StudyCell, repeat: Repeat): Agreement | null {
  let largest: number | null = 0;
  let compared = 0;
  for (const { metric, stored, again } of bothOf(cell, repeat)) {
    if (stored === null && again === null) continue;
    compared++;
    if (stored === null || again === null) {
      largest = null;
      continue;
    }
    const apart = Math.abs(stored - again);
    if (metric === 'logLoss' && apart <= LOGARITHM) continue;
    if (largest !== null) largest = Math.max(largest, apart);
  }
  if (compared === 0) return null;
  if (largest === 0) return { kind: 'exact', largest, why: null };
  const world = study.worlds.find(({ id }) => id === cell.world);
  return {
    kind: largest !== null && largest <= SAME_MARGIN ? 'close' : 'apart',
    largest,
    why: reason(study, world, repeat),
  };
}

/** The public doors that kept things come in by. Only this file of the folder knows where they are. */
import { openAddress } from '../../src/app/store/address';
import { restoredAblations } from '../../src/studies/ablation/ablation';
import { parsedQueue } from '../../src/app/store/queueEdits';
import { parseRecord, recordToText, runFiles, zipOf } from '../../src/app/pages/compare/exchange';
import { readCheckpoint } from '../../src/training/checkpoint/checkpoint';
import { readWeights } from '../../src/training/checkpoint/weights';
import { lab } from '../support/lab';
import { openRunStore } from '../../src/workers/runStore';

export { lab, openAddress, openRunStore, parsedQueue, readCheckpoint, readWeights, restoredAblations };

export type Kept = ReturnType<typeof parseRecord>;

/** Runs of a file that Compare exported, a JSON or a zip. */
export function importRuns(bytes: Uint8Array, file: string): readonly Kept[] {
  return runFiles(bytes, file).map(({ name, text }) => parseRecord(text, name));
}

/** The file that Compare makes of these runs: a JSON of one, a zip of several. */
export function exportRuns(runs: readonly Kept[]): Uint8Array {
  const texts = runs.map((run) => ({ name: `${run.id}.json`, text: recordToText(run) }));
  return texts.length === 1 ? new TextEncoder().encode(texts[0]!.text) : zipOf(texts);
}

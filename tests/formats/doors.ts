/** The public doors that kept things come in by. Only this file of the folder knows where they are. */
import { openAddress } from '../../src/app/store/address';
import { restoredAblations } from '../../src/studies/ablation/ablation';
import { parsedQueue } from '../../src/app/store/queueEdits';
import { readCheckpoint } from '../../src/training/checkpoint/checkpoint';
import { readWeights } from '../../src/training/checkpoint/weights';
import { readRuns } from '../../src/training/runFile/readRuns';
import { recordToText } from '../../src/training/runFile/recordText';
import { zipOf } from '../../src/training/runFile/zip';
import type { RunRecord } from '../../src/training/runRecord';
import { lab } from '../support/lab';
import { openRunStore } from '../../src/workers/runStore';

export { lab, openAddress, openRunStore, parsedQueue, readCheckpoint, readWeights, restoredAblations };

export type Kept = RunRecord;

/** Runs of a file that Compare exported, a JSON or a zip. */
export async function importRuns(bytes: Uint8Array, file: string): Promise<readonly Kept[]> {
  const runs: Kept[] = [];
  for await (const { record, failure } of readRuns(new File([bytes.slice()], file))) {
    if (failure !== undefined) throw new Error(failure);
    runs.push(record);
  }
  return runs;
}

/** The file that Compare makes of these runs: a JSON of one, a zip of several. */
export function exportRuns(runs: readonly Kept[]): Uint8Array {
  const texts = runs.map((run) => ({ name: `${run.id}.json`, text: recordToText(run) }));
  return texts.length === 1 ? new TextEncoder().encode(texts[0]!.text) : zipOf(texts);
}

/** The public doors that kept things come in by. Only this file of the folder knows where they are. */
import { list } from '../../scripts/lab/list';
import { simulate } from '../../scripts/lab/simulate';
import { train } from '../../scripts/lab/train';
import { readFlags } from '../../scripts/lab/usage';
import { openAddress } from '../../src/app/store/setup';
import { restoredAblations } from '../../src/studies/ablation/ablation';
import { parsedQueue } from '../../src/app/store/queueEdits';
import { parseRecord, recordToText, runFiles, zipOf } from '../../src/app/pages/compare/exchange';
import { readCheckpoint } from '../../src/training/checkpoint/checkpoint';
import { readWeights } from '../../src/training/checkpoint/weights';
import { openRunStore } from '../../src/workers/runStore';

export { openAddress, openRunStore, parsedQueue, readCheckpoint, readWeights, restoredAblations };

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

const commands = { train, list, simulate };

/** What a command of `lab` prints, run in this process. @throws Error where it warns or fails */
export async function lab(command: keyof typeof commands, ...words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const { stdout, stderr } = process;
  const write = { out: stdout.write.bind(stdout), error: stderr.write.bind(stderr) };
  const take = (text: string | Uint8Array): boolean => printed.push(String(text)) > 0;
  stdout.write = take;
  stderr.write = (text: string | Uint8Array) => {
    throw new Error(`lab ${command} warns: ${String(text)}`);
  };
  try {
    await commands[command](readFlags(words));
  } finally {
    stdout.write = write.out;
    stderr.write = write.error;
  }
  return printed.join('');
}

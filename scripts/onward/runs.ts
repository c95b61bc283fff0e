/** Runs of the lab that are left in their midst as a bundle, and go on meanwhile: what PyTorch is compared with. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { simulatedSmall } from '../../tests/support/simulatedSmall';
import { openBackend } from '../../src/engine';
import { onwardZip } from '../../src/training/onward/onwardZip';
import { parseSetup } from '../../src/training/parseSetup';
import { createRun } from '../../src/training/run';
import { recordToText } from '../../src/training/runFile/recordText';
import { defaultTraining, presetSettings } from '../../src/training/setup';
import type { Dataset } from '../../src/data/dataset';
import type { AnySettings } from '../../src/models/settings';
import type { RunRecord } from '../../src/training/runRecord';

/** What is trained: a model, or one under settings of its own. */
export interface Trained {
  /** As the table calls it. */
  readonly name: string;
  readonly model: string;
  readonly settings?: AnySettings;
}

/** Rows of the data and of a batch. */
interface Size {
  readonly rows: number;
  readonly batch: number;
}
const USUAL: Size = { rows: 1500, batch: 64 };
/**
 * A norm of each scenario's own over a handful of rows divides by a spread near zero: with 64 rows in a batch PyTorch's own float32 ends
 * 100 steps 6e-4 from its float64, from 3e-8 at the first.
 */
const SIZES: Readonly<Record<string, Size>> = { single: { rows: 4000, batch: 256 } };

export interface Left {
  readonly name: string;
  /** Where the run was left. */
  readonly step: number;
  /** Folder of the unpacked bundle. */
  readonly folder: string;
  /** Of the test rows at the step where the run was left. */
  readonly score: Float32Array;
  readonly probability: Float32Array;
  /** The run file at that step. */
  readonly text: string;
  /** The run at its end. */
  readonly record: RunRecord;
}

/** Where a run is left, and where it ends. */
export interface Length {
  readonly left: number;
  readonly end: number;
}

function testRows(dataset: Dataset): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < dataset.rows; row++) if (dataset.split[row] === 2) rows.push(row);
  return Int32Array.from(rows);
}

/** Trains a model of the smallest sizes without dropout, evaluated at every step so that every loss is told. */
export async function leaveRun(
  { name, model, settings: given }: Trained,
  { left, end }: Length,
  place: string,
): Promise<Left> {
  const backend = await openBackend('wasm');
  const { rows, batch } = SIZES[model] ?? USUAL;
  const dataset = simulatedSmall(rows);
  const settings = { ...presetSettings(model, 'tiny'), ...given };
  const run = createRun({
    id: `onward-${name}`,
    dataset,
    backend,
    setup: parseSetup({
      model,
      settings: 'dropout' in settings ? { ...settings, dropout: 0 } : settings,
      training: {
        ...defaultTraining(),
        ...{ steps: end, batch, evaluateEvery: 1, evaluationRows: 50, patience: 1000 },
      },
      dataset: dataset.id,
      seed: 5,
      backend: 'wasm',
    }),
  });
  const folder = join(place, name);
  let kept: Omit<Left, 'record'> | null = null;
  for await (const event of run.events) {
    if (event.kind !== 'evaluation' || event.step !== left) continue;
    const checkpoint = await run.checkpoint('interrupted');
    const weights = await run.weights();
    const record = run.record('interrupted');
    const zip = await onwardZip({
      record,
      checkpoint,
      weights,
      dataset,
      rows: true,
      sources: {},
      today: new Date(),
    });
    for (const [name, bytes] of Object.entries(unzipSync(zip))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    const { score, probability } = await run.trainer.predict(testRows(dataset));
    kept = { name, step: left, folder, score, probability, text: recordToText(record) };
  }
  const record = run.record('done');
  run.dispose();
  if (!kept) throw new Error(`${name} was never at step ${left}.`);
  return { ...kept, record };
}

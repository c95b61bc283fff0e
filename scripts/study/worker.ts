/** A process of `npm run study -- --plan … --jobs N`: trains what it is sent, one after another. */
import '../sameAsBrowser';
import { openBackend } from '../../src/engine';
import { drawSetup, plannedSetup } from '../../src/studies/evidence/assemble';
import type { PlannedCell, TunedRow } from '../../src/studies/evidence/plans';
import { drawsOf } from '../../src/studies/evidence/tuned';
import type { ParsedSetup } from '../../src/training/parseSetup';
import { judgeDraw } from './draws';
import { keepTrained, trainEvidence } from './evidenceCells';
import { readWorld } from './worlds';

/** What is trained: a cell of a study, or a draw of a row's tuning budget. */
export type Job =
  | { readonly kind: 'cell'; readonly cell: PlannedCell }
  | {
      readonly kind: 'draw';
      readonly row: TunedRow;
      /** Place of the draw among as many. */
      readonly draw: number;
      readonly draws: number;
    };

/** The set-up of a draw. */
export function setupOfDraw({ row, draw, draws }: Extract<Job, { kind: 'draw' }>): ParsedSetup {
  return drawSetup(row, drawsOf(row.variant, draws)[draw]!);
}

/** Trains on one thread of WASM and keeps what comes of it. @returns seconds of the processor */
export async function trainJob(job: Job): Promise<number> {
  const { world } = job.kind === 'cell' ? job.cell : job.row;
  const [backend, dataset] = await Promise.all([openBackend('wasm', { threads: 1 }), readWorld(world)]);
  if (job.kind === 'draw') return (await judgeDraw(setupOfDraw(job), dataset, backend)).seconds;
  const setup = plannedSetup(job.cell);
  const trained = await trainEvidence(setup, dataset, backend);
  await keepTrained(setup, trained);
  return trained.seconds;
}

/** What a worker answers. */
export type WorkerAnswer = { readonly seconds: number } | { readonly failure: string };

if (process.send) {
  process.on('message', (job: Job) => {
    void trainJob(job)
      .then((seconds): WorkerAnswer => ({ seconds }))
      .catch((error: unknown): WorkerAnswer => ({
        failure: error instanceof Error ? error.message : String(error),
      }))
      .then((answer) => process.send?.(answer));
  });
  process.on('disconnect', () => process.exit(0));
}

/** A process of `npm run study -- --plan … --jobs N`: trains the cells that it is sent, one after another. */
import './sameAsBrowser';
import { openBackend } from '../../src/engine';
import { plannedSetup } from '../../src/studies/evidence/assemble';
import type { PlannedCell } from '../../src/studies/evidence/plans';
import { keepTrained, trainEvidence } from './evidenceCells';
import { readWorld } from './worlds';

/** Trains a cell on one thread of WASM and keeps it. */
export async function trainPlanned(cell: PlannedCell): Promise<number> {
  const [backend, dataset] = await Promise.all([openBackend('wasm', { threads: 1 }), readWorld(cell.world)]);
  const setup = plannedSetup(cell);
  const trained = await trainEvidence(setup, dataset, backend);
  await keepTrained(setup, trained);
  return trained.seconds;
}

/** What a worker answers. */
export type WorkerAnswer = { readonly seconds: number } | { readonly failure: string };

if (process.send) {
  process.on('message', (cell: PlannedCell) => {
    void trainPlanned(cell)
      .then((seconds): WorkerAnswer => ({ seconds }))
      .catch((error: unknown): WorkerAnswer => ({
        failure: error instanceof Error ? error.message : String(error),
      }))
      .then((answer) => process.send?.(answer));
  });
  process.on('disconnect', () => process.exit(0));
}

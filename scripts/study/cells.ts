/** Cells of a study, trained once and kept on disk so that a study goes on where it stopped. */
import '../sameAsBrowser';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { BackendInfo } from '../../src/engine';
import type { Dataset } from '../../src/data/dataset';
import type { Cell } from '../../src/studies/modelStudy/cell';
import { createRun, type Run } from '../../src/training/run';
import type { ParsedSetup } from '../../src/training/parseSetup';
import type { RunSetup } from '../../src/training/runRecord';
import { cellKey } from './cellKey';

/** Raised when metrics of older cells must not stand beside new ones. */
const STUDY_FORMAT = 1;

const folder = new URL('../../.cache/study/', import.meta.url);

function cellFile(setup: RunSetup, fingerprint: string): URL {
  return new URL(`${cellKey({ format: STUDY_FORMAT }, setup, fingerprint)}.json`, folder);
}

/** A finished cell, or null. */
export async function readCell(setup: RunSetup, fingerprint: string): Promise<Cell | null> {
  const text = await readFile(cellFile(setup, fingerprint), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Cell);
}

/** Log loss of the validation rows at a step; null where undefined or not evaluated there. */
function validationLogLoss(run: Run, step: number): number | null {
  const { history } = run.record('done');
  return history.find((point) => point.step === step)?.metrics.overall.logLoss ?? null;
}

/** Trains one cell to its end and keeps it. @throws Error where the run ends without metrics */
export async function trainCell(setup: ParsedSetup, dataset: Dataset, backend: BackendInfo): Promise<Cell> {
  const began = performance.now();
  const run = createRun({ id: crypto.randomUUID(), setup, dataset, backend });
  let cell: Cell | null = null;
  try {
    for await (const event of run.events) {
      if (event.kind !== 'done') continue;
      if (!event.ceilings) throw new Error('The run gave no ceilings of its test rows.');
      cell = {
        setup,
        fingerprint: dataset.fingerprint,
        final: event.final,
        ceilings: event.ceilings,
        validationLogLoss: validationLogLoss(run, event.bestStep),
        bestStep: event.bestStep,
        steps: event.step,
        seconds: (performance.now() - began) / 1000,
      };
    }
  } finally {
    run.dispose();
  }
  if (!cell) throw new Error('The run ended without final metrics.');
  await mkdir(folder, { recursive: true });
  const target = cellFile(setup, dataset.fingerprint);
  const half = new URL(`${target.href}.part`);
  await writeFile(half, JSON.stringify(cell));
  await rename(half, target);
  return cell;
}

/** Cells of stored studies: trained once, kept in .cache/study, so that a plan goes on where it stopped. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { Dataset } from '../../src/data/dataset';
import type { BackendInfo } from '../../src/engine';
import type { TrainedCell } from '../../src/studies/evidence/assemble';
import { figuresOfRun } from '../../src/studies/evidence/figures';
import type { Figures } from '../../src/studies/evidence/format';
import { insideFigures } from '../../src/studies/evidence/insideFigures';
import type { ParsedSetup } from '../../src/training/parseSetup';
import type { RunSetup } from '../../src/training/runRecord';
import { createRun } from '../../src/training/run';
import { evaluationSample } from '../../src/training/sampling';
import type { Trainer } from '../../src/training/trainer/contract';
import { truthFigures } from '../../src/training/truth/truthFigures';
import { cellKey } from './cellKey';

/** Raised when figures of older cells must not stand beside new ones. */
const CELL_FORMAT = 1;

const folder = new URL('../../.cache/study/', import.meta.url);

function cellFile(setup: RunSetup, fingerprint: string): URL {
  return new URL(`evidence-${cellKey({ evidence: CELL_FORMAT }, setup, fingerprint)}.json`, folder);
}

/** A finished cell, or null. */
export async function readTrained(setup: RunSetup, fingerprint: string): Promise<TrainedCell | null> {
  const text = await readFile(cellFile(setup, fingerprint), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as TrainedCell);
}

/** Whether figures are read from probes of validation rows: what masks were at the best step. */
function readsMasks({ model, settings }: RunSetup): boolean {
  return model === 'aread' && settings['hei'] !== false && settings['hemp'] !== false;
}

/** Processor microseconds that scoring a row takes: all test rows once more, which moves no figure. */
async function inferenceTime(trainer: Pick<Trainer, 'predict' | 'dataset'>): Promise<number> {
  const { rows } = evaluationSample(trainer.dataset, 'test', Infinity);
  const began = process.cpuUsage();
  await trainer.predict(rows);
  const { user, system } = process.cpuUsage(began);
  return rows.length === 0 ? 0 : Math.round((100 * (user + system)) / rows.length) / 100;
}

/** Trains one cell to its end. @throws Error where the run ends without metrics */
export async function trainEvidence(
  setup: ParsedSetup,
  dataset: Dataset,
  backend: BackendInfo,
): Promise<TrainedCell> {
  const began = process.cpuUsage();
  const run = createRun({ id: 'study', setup, dataset, backend, pictures: readsMasks(setup) });
  try {
    for await (const event of run.events) {
      if (event.kind !== 'done') continue;
      const { user, system } = process.cpuUsage(began);
      if (!event.ceilings) throw new Error('The run gave no ceilings of its test rows.');
      const shares = dataset.scenarios.map(({ share }) => share);
      const figures: Record<string, Figures> = figuresOfRun(event.final, shares);
      for (const [name, figure] of Object.entries(await truthFigures(run.trainer)))
        figures[name] = { ...figure, scenarios: [...figure.scenarios] };
      Object.assign(figures, insideFigures(run.state));
      return {
        fingerprint: dataset.fingerprint,
        figures,
        ceilings: event.ceilings,
        bestStep: event.bestStep,
        steps: event.step,
        // Of the processor: the clock would tell what else the computer did.
        seconds: Math.round((user + system) / 1e3) / 1e3,
        parameters: run.state.parameters ?? 0,
        inference: await inferenceTime(run.trainer),
      };
    }
  } finally {
    run.dispose();
  }
  throw new Error('The run ended without final metrics.');
}

/** Keeps a finished cell: wholly or not at all. */
export async function keepTrained(setup: RunSetup, cell: TrainedCell): Promise<void> {
  await mkdir(folder, { recursive: true });
  const target = cellFile(setup, cell.fingerprint);
  const half = new URL(`${target.href}.${process.pid}.part`);
  await writeFile(half, JSON.stringify(cell));
  await rename(half, target);
}

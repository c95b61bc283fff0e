/** Draws of tuning budgets: judged once by validation log loss, kept in .cache/study. Nobody looks at their test rows. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import type { Dataset } from '../../src/data/dataset';
import type { BackendInfo } from '../../src/engine';
import { createRun } from '../../src/training/run';
import type { ParsedSetup } from '../../src/training/parseSetup';
import type { RunSetup } from '../../src/training/runRecord';

/** Raised when older draws must not be compared with new ones. */
const DRAW_FORMAT = 1;

const folder = new URL('../../.cache/study/', import.meta.url);

export interface JudgedDraw {
  /** Log loss on validation rows at the best step; null where undefined. */
  readonly loss: number | null;
  /** Of the processor. */
  readonly seconds: number;
}

function drawFile(setup: RunSetup, fingerprint: string): URL {
  const key = JSON.stringify({ draw: DRAW_FORMAT, setup, fingerprint });
  return new URL(`draw-${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`, folder);
}

/** A draw that was judged, or null. */
export async function readDraw(setup: RunSetup, fingerprint: string): Promise<JudgedDraw | null> {
  const text = await readFile(drawFile(setup, fingerprint), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as JudgedDraw);
}

/** Trains a draw, judges it and keeps what it came to. @throws Error where the run does not end */
export async function judgeDraw(
  setup: ParsedSetup,
  dataset: Dataset,
  backend: BackendInfo,
): Promise<JudgedDraw> {
  const began = process.cpuUsage();
  const run = createRun({ id: 'draw', setup, dataset, backend, pictures: false });
  try {
    for await (const event of run.events) {
      if (event.kind !== 'done') continue;
      const point = run.record('done').history.find(({ step }) => step === event.bestStep);
      const { user, system } = process.cpuUsage(began);
      const judged = {
        loss: point?.metrics.overall.logLoss ?? null,
        seconds: Math.round((user + system) / 1e3) / 1e3,
      };
      await mkdir(folder, { recursive: true });
      const target = drawFile(setup, dataset.fingerprint);
      const half = new URL(`${target.href}.${process.pid}.part`);
      await writeFile(half, JSON.stringify(judged));
      await rename(half, target);
      return judged;
    }
  } finally {
    run.dispose();
  }
  throw new Error('The run of a draw did not end.');
}

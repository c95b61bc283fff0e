/**
 * A million simulated rows, and an imported file of one and a half million: `npx tsx bench/largeData.ts` prints a row of a Markdown table a part, each in a
 * process of its own, so that its largest memory is its own. `npx tsx bench/largeData.ts open` does one part. Files are made first, in the
 * system's folder for temporary ones, and kept there for the next time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, openAsBlob } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '../src/data/dataset';
import { readDataset, writeDataset } from '../src/data/format';
import { TableOnce } from '../src/data/import';
import { simulate } from '../src/data/simulate';
import { openBackend } from '../src/engine';
import { findModel } from '../src/models/registry';
import { defaultSettings } from '../src/models/settings';
import { createTrainer } from '../src/training/trainer';
import { trainingFields, type TrainingSettings } from '../src/training/settings';
import { expectKnown, parseCommandLine, refuse } from '../scripts/commandLine.mjs';

const folder = join(tmpdir(), 'scenarium-large-data');
const parquet = join(folder, 'aliccp-3-large.parquet');
const manifest = join(folder, 'aliccp-3-large.json');
const csv = join(folder, 'imported.csv');
const CSV_ROWS = 1_500_000;
const EVALUATED = 100_000;

const made = () => simulate({ twin: 'aliccp-3', size: 'large', seed: 1, knobs: {} });

/** A log of the dataset's fields with 1.5 million rows: the dataset's own, and its first ones again a second later. */
function textOf(dataset: Dataset): string {
  const { fields, columns, rows, scenario, label, timestamp } = dataset;
  const lines = [[...fields.map((field) => field.name), 'scenario', 'click', 'time'].join(',')];
  for (let k = 0; k < CSV_ROWS; k++) {
    const row = k % rows;
    const time = timestamp![row]! + (k < rows ? 0 : 1);
    lines.push([...columns.map((column) => column[row]), scenario[row], label[row], time].join(','));
  }
  return lines.join('\n');
}

async function makeFiles(): Promise<void> {
  if (existsSync(csv)) return;
  await mkdir(folder, { recursive: true });
  const dataset = await made();
  const written = writeDataset(dataset, { level: 1 });
  await writeFile(parquet, written.parquet);
  await writeFile(manifest, JSON.stringify(written.manifest));
  await writeFile(csv, textOf(dataset));
}

const opened = async () => readDataset(await readFile(parquet), JSON.parse(await readFile(manifest, 'utf8')));

/** Runs `work` and tells how long it took. */
async function timed<T>(work: () => Promise<T> | T): Promise<{ seconds: number; value: T }> {
  const began = performance.now();
  const value = await work();
  return { seconds: (performance.now() - began) / 1000, value };
}

/** Predictions of the last rows. */
async function scored(threads: number): Promise<{ what: string; seconds: number }> {
  const dataset = await opened();
  const { threads: found } = await openBackend('wasm', { threads });
  const configured = findModel('mmoe').configure(findModel('mmoe').presets.browser);
  const training = { ...defaultSettings(trainingFields), steps: 4 } as unknown as TrainingSettings;
  const trainer = createTrainer({ configured, dataset, training, seed: 1 });
  const rows = Int32Array.from({ length: EVALUATED }, (_, i) => dataset.rows - EVALUATED + i);
  await trainer.predict(rows.subarray(0, 2048));
  const { seconds } = await timed(() => trainer.predict(rows));
  const on = found === 1 ? 'one thread' : `${found} threads`;
  return { what: `score ${EVALUATED} rows, MMoE at browser size, ${on}`, seconds };
}

/** Each part: what was done, and its seconds. */
const parts = {
  simulate: async () => {
    const { seconds, value } = await timed(made);
    return { what: `simulate ${value.rows} rows`, seconds };
  },
  write: async () => {
    const dataset = await opened();
    const { seconds, value } = await timed(() => writeDataset(dataset));
    return { what: `write them, ${(value.parquet.length / 1e6).toFixed(1)} MB`, seconds };
  },
  open: async () => {
    const { seconds, value } = await timed(opened);
    return { what: `open ${value.rows} rows`, seconds };
  },
  evaluate: () => scored(1),
  // As many as a page takes on two cores.
  evaluateOnTwo: () => scored(2),
  import: async () => {
    const file = new File([await openAsBlob(csv)], 'imported.csv');
    const table = new TableOnce();
    const { seconds, value } = await timed(async () => {
      const { mapping } = await table.inspect(file, {});
      if (!mapping) throw new Error('No mapping is proposed for the made file.');
      return table.build(file, mapping, {});
    });
    const size = (file.size / 1e6).toFixed(0);
    return { what: `import ${CSV_ROWS} rows of text, ${size} MB, to ${value.dataset.rows}`, seconds };
  },
};

const {
  positionals: [one, ...others],
} = parseCommandLine({ allowPositionals: true, options: {} });
if (one !== undefined) expectKnown('part', [one], Object.keys(parts));
if (others.length > 0) refuse(`One part at a time, or none for all; ${others.join(', ')} came after ${one}.`);
const found = Object.entries(parts).find(([name]) => name === one)?.[1];
if (found) {
  if (one !== 'simulate') await makeFiles();
  const { what, seconds } = await found();
  const held = process.memoryUsage().arrayBuffers;
  const numbers = [seconds.toFixed(1), `${(process.resourceUsage().maxRSS / 1000).toFixed(0)} MB`];
  console.log(`| ${[what, ...numbers, `${(held / 1e6).toFixed(0)} MB`].join(' | ')} |`);
} else {
  await makeFiles();
  console.log('| what | seconds | largest memory | arrays at the end |\n| --- | --- | --- | --- |');
  for (const name of Object.keys(parts))
    spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name], {
      stdio: 'inherit',
    });
}

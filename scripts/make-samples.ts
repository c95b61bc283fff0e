/**
 * Makes the committed samples in public/samples from the simulator: `npm run samples`, or `npm run samples -- aliccp-3`.
 * The same code gives the same bytes on every platform; src/data/samples.test.ts holds that.
 */
import { mkdirSync, writeFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findTwin, parseCatalogue, simulate, writeDataset, type Catalogue } from '../src/data';
import { summariseDataset } from '../src/workers/datasetSummary';
import { writeSummary } from '../src/workers/storedSummary';
import { expectKnown, parseCommandLine } from './commandLine.mjs';

/** Twins, then all cause worlds: 11 of the 16 MB that samples may take. */
const COMMITTED = [
  ...['aliccp-3', 'travel-20', 'amazon-25'],
  ...['conflict-4', 'places-4', 'promotion-6', 'dozens-48', 'specifics-4'],
];
const folder = fileURLToPath(new URL('../public/samples/', import.meta.url));

async function makeSample(id: string): Promise<Catalogue['samples'][number]> {
  const dataset = await simulate({ twin: id, size: 'small', seed: 1, knobs: {} });
  const { parquet, manifest } = writeDataset(dataset);
  writeFileSync(`${folder}${id}.parquet`, parquet);
  writeFileSync(`${folder}${id}.json`, `${JSON.stringify(manifest)}\n`);
  writeFileSync(`${folder}${id}.summary.json`, writeSummary(summariseDataset(dataset, 'sample')));
  console.log(`${id}: ${dataset.rows} rows, ${(parquet.length / 1e6).toFixed(2)} MB`);
  return {
    id,
    title: dataset.title,
    manifest: `${id}.json`,
    parquet: `${id}.parquet`,
    summary: `${id}.summary.json`,
    bytes: parquet.length,
    rows: dataset.rows,
    scenarios: dataset.scenarios.length,
    history: dataset.history !== null,
    note: findTwin(id).provenance,
  };
}

async function main(): Promise<void> {
  const { positionals: wanted } = parseCommandLine({ allowPositionals: true, options: {} });
  expectKnown('sample', wanted, COMMITTED);
  mkdirSync(folder, { recursive: true });
  const index = `${folder}index.json`;
  const known = existsSync(index) ? parseCatalogue(JSON.parse(readFileSync(index, 'utf8'))).samples : [];
  const samples = [];
  for (const id of COMMITTED) {
    const old = known.find((entry) => entry.id === id);
    samples.push(wanted.length === 0 || wanted.includes(id) || !old ? await makeSample(id) : old);
  }
  const catalogue: Catalogue = { format: 'scenarium-catalogue/1', samples };
  writeFileSync(index, `${JSON.stringify(catalogue, null, 2)}\n`);
}

await main();

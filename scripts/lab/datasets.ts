/** Datasets for the command line: the committed samples, read from disk. */
import { readFile } from 'node:fs/promises';
import { parseCatalogue, readDataset } from '../../src/data/format';
import { simulate, SIMULATIONS } from '../../src/data/simulate';
import { simulationOfId } from '../../src/training/simulatedId';
import { UsageError } from './usage';
import type { Dataset } from '../../src/data/dataset';
import type { Catalogue } from '../../src/data/format';

const samples = new URL('../../public/samples/', import.meta.url);

export async function readCatalogue(): Promise<Catalogue> {
  const text = await readFile(new URL('index.json', samples), 'utf8');
  return parseCatalogue(JSON.parse(text) as unknown);
}

/** A sample, or what the simulator calls by this id. @throws UsageError naming the known ids */
export async function readSample(id: string): Promise<Dataset> {
  const catalogue = await readCatalogue();
  const entry = catalogue.samples.find((sample) => sample.id === id);
  const request = entry ? null : simulationOfId(id);
  if (request) return simulate(request);
  if (!entry) {
    const known = new Set([...catalogue.samples, ...SIMULATIONS].map((dataset) => dataset.id));
    throw new UsageError(`There is no dataset "${id}"; known: ${[...known].join(', ')}.`);
  }
  const [parquet, manifest] = await Promise.all([
    readFile(new URL(entry.parquet, samples)),
    readFile(new URL(entry.manifest, samples), 'utf8'),
  ]);
  return readDataset(parquet, JSON.parse(manifest) as unknown);
}

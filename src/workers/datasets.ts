/** Datasets by id: the samples by address, what was simulated or imported here from IndexedDB. */
import { parseCatalogue, readDataset } from '../data/format';
import { simulate } from '../data/simulate';
import { simulationOfId } from '../training/simulatedId';
import { catalogueEntry } from './datasetSummary';
import { mappingKey } from './keptMappings';
import { Storage } from './storage';
import { readSummary } from './storedSummary';
import type { CatalogueEntry, DatasetSummary, OnProgress } from './protocol';
import type { Dataset } from '../data/dataset';
import type { Mapping } from '../data/import/mapping';
import type { Catalogue } from '../data/format';
import { listed, shortened } from '../data/shortened';

async function get(address: URL, what: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (error) {
    throw new Error(`${what} could not be fetched; check the connection and try again.`, { cause: error });
  }
  if (!response.ok)
    throw new Error(
      `${what} could not be fetched (${response.status} ${response.statusText}); reload the page, or choose another dataset.`,
    );
  return response;
}

/** What an id says how to simulate; null where it says nothing. */
async function simulated(id: string, onProgress: OnProgress): Promise<Dataset | null> {
  const request = simulationOfId(id);
  if (!request) return null;
  return simulate(request, {
    onProgress: ({ share }) =>
      onProgress({ done: Math.round(share * 100), total: 100, detail: 'Simulating' }),
  });
}

/** Where datasets come from; made once a worker. */
export class DatasetSource {
  private catalogue: Promise<Catalogue> | null = null;
  private readonly storage = new Storage();

  /** @param base address of the page, from which samples are read; null: `connect` says it */
  constructor(private base: string | null = null) {}

  connect(base: string): void {
    this.base = base;
  }

  private address(path: string): URL {
    if (this.base === null) throw new Error('The page has not connected yet; reload it.');
    return new URL(`samples/${path}`, this.base);
  }

  samples(): Promise<Catalogue> {
    this.catalogue ??= get(this.address('index.json'), 'The list of datasets')
      .then((response) => response.json() as Promise<unknown>)
      .then(parseCatalogue)
      .catch((error: unknown) => {
        this.catalogue = null;
        throw error;
      });
    return this.catalogue;
  }

  /**
   * A sample, a dataset kept here, or one that its id says how to simulate.
   *
   * @throws Error with one sentence where there is no such dataset, or it cannot be read
   */
  async load(id: string, onProgress: OnProgress = () => undefined): Promise<Dataset> {
    const { samples } = await this.samples();
    const sample = samples.find((entry) => entry.id === id);
    if (sample)
      return this.sample(sample).catch(async (error: unknown) => {
        // Without a network: a sample is what its id simulates, to the bit, only quicker to fetch.
        const made = await simulated(id, onProgress);
        if (made === null) throw error;
        return made;
      });
    const kept = await this.kept(id);
    if (kept) return kept;
    const dataset = await simulated(id, onProgress);
    if (dataset) {
      await this.keep(catalogueEntry(dataset), dataset).catch(() => undefined); // it can be simulated again
      return dataset;
    }
    throw new Error(
      `There is no dataset "${shortened(id)}" here; simulate or import it on the Data page, or choose ${listed(samples.map((s) => s.id))}.`,
    );
  }

  private async sample({ parquet, manifest, title }: Catalogue['samples'][number]): Promise<Dataset> {
    const [rows, facts] = await Promise.all([
      get(this.address(parquet), title).then((response) => response.arrayBuffer()),
      get(this.address(manifest), title).then((response) => response.json() as Promise<unknown>),
    ]);
    return readDataset(new Uint8Array(rows), facts);
  }

  /** What is known of a sample without reading its rows; null where nothing is, or it did not come. */
  async summary(id: string): Promise<DatasetSummary | null> {
    const { samples } = await this.samples();
    const sample = samples.find((entry) => entry.id === id);
    if (!sample?.summary) return null;
    return get(this.address(sample.summary), sample.title)
      .then((response) => response.text())
      .then(readSummary, () => null);
  }

  /** Null also where the browser stores nothing. */
  private async kept(id: string): Promise<Dataset | null> {
    return this.storage
      .use((database) => database.get('datasets', id))
      .then(
        (dataset) => dataset ?? null,
        () => null,
      );
  }

  /** Samples first, then what was made here. */
  async list(): Promise<CatalogueEntry[]> {
    const { samples } = await this.samples();
    const entries: CatalogueEntry[] = samples.map((sample) => ({
      id: sample.id,
      title: sample.title,
      kind: 'sample',
      rows: sample.rows,
      scenarios: sample.scenarios,
      summary: sample.note,
      hasHistory: sample.history,
      hasTruth: true,
    }));
    // Without storage the samples are still there.
    const own = await this.storage.use((database) => database.getAll('entries')).catch(() => []);
    // What an earlier version had to simulate may be a sample by now.
    return [...entries, ...own.filter(({ id }) => !samples.some((sample) => sample.id === id))];
  }

  /** @param mapping how a person's file was read, kept with what came of it or not at all */
  async keep(entry: CatalogueEntry, dataset: Dataset, mapping: Mapping | null = null): Promise<void> {
    await this.storage.write(['entries', 'datasets', 'values'], 'strict', async (transaction) => {
      await Promise.all([
        transaction.objectStore('entries').put(entry, entry.id),
        transaction.objectStore('datasets').put(dataset, dataset.id),
        mapping && transaction.objectStore('values').put(JSON.stringify(mapping), mappingKey(dataset.id)),
      ]);
    });
  }

  async remove(id: string): Promise<void> {
    const { samples } = await this.samples();
    if (samples.some((sample) => sample.id === id))
      throw new Error('Samples belong to the lab and cannot be removed; what you simulated or imported can.');
    await this.storage.write(['entries', 'datasets', 'values'], 'strict', async (transaction) => {
      await Promise.all([
        transaction.objectStore('entries').delete(id),
        transaction.objectStore('datasets').delete(id),
        transaction.objectStore('values').delete(mappingKey(id)),
      ]);
    });
  }
}

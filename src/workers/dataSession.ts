/** The data worker's work: the catalogue, summaries, simulation and import. Knows no worker API. */
import { writeDataset } from '../data/format';
import { TableOnce } from '../data/import';
import { estimateWorld, knobEffect, portraitOf, simulate } from '../data/simulate';
import { resplit, SPLIT_RULES } from '../data/splits';
import { catalogueEntry, rowPage, summariseDataset } from './datasetSummary';
import type { Dataset } from '../data/dataset';
import type { ImportProgress } from '../data/import';
import type { Mapping } from '../data/import/mapping';
import type { SimulationProgress } from '../data/simulate';
import type { DatasetSource } from './datasets';
import type { CatalogueEntry, DatasetSummary, DataWorker, OnProgress, RunStore, TakenRun } from './protocol';

const phases: Readonly<Record<ImportProgress['phase'], string>> = {
  reading: 'Reading the file',
  looking: 'Looking at columns',
  building: 'Building the dataset',
};

const stages: Readonly<Record<SimulationProgress['stage'], string>> = {
  people: 'Drawing users and items',
  exposures: 'Drawing exposures',
  clicks: 'Drawing clicks',
  histories: 'Collecting behaviours',
  columns: 'Writing columns',
};

const PROGRESS_MS = 100;

/** Passes on at most ten reports a second, and the last. */
function throttled(onProgress: OnProgress): OnProgress {
  let told = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (now - told < PROGRESS_MS && progress.done < progress.total) return;
    told = now;
    onProgress(progress);
  };
}

/** An import's progress as the page shows it. */
function toldBy(onProgress: OnProgress): (progress: ImportProgress) => void {
  const tell = throttled(onProgress);
  return ({ phase, fraction }) =>
    tell({ done: Math.round(fraction * 100), total: 100, detail: phases[phase] });
}

/** Fetched when it is asked for: what reads and writes runs knows every model, and this worker's first work is the rows. */
const runFiles = () => import('./runFiles');

export class DataSession implements Omit<DataWorker, 'connect'> {
  /** The one last opened: its pages of rows come next. */
  private open: { readonly id: string; readonly data: Promise<Dataset> } | null = null;
  private readonly tables = new TableOnce();

  constructor(
    private readonly source: Pick<DatasetSource, 'list' | 'load' | 'summary' | 'keep' | 'remove'>,
    private readonly runs: Pick<RunStore, 'get'> = { get: () => Promise.resolve(null) },
  ) {}

  async catalogue(): Promise<readonly CatalogueEntry[]> {
    return this.source.list();
  }

  async dataset(id: string): Promise<DatasetSummary> {
    const known = await this.source.summary(id);
    if (known) return known;
    const [dataset, entries] = await Promise.all([this.load(id), this.source.list()]);
    const kind = entries.find((entry) => entry.id === id)?.kind ?? dataset.source.kind;
    return summariseDataset(dataset, kind);
  }

  async datasetRows(id: string, offset: number, count: number): ReturnType<DataWorker['datasetRows']> {
    return rowPage(await this.load(id), offset, count);
  }

  async simulate(
    request: Parameters<DataWorker['simulate']>[0],
    onProgress: OnProgress,
  ): Promise<DatasetSummary> {
    const tell = throttled(onProgress);
    const dataset = await simulate(request, {
      onProgress: ({ stage, share }) =>
        tell({ done: Math.round(share * 100), total: 100, detail: stages[stage] }),
    });
    return this.adopt(dataset);
  }

  async estimateWorld(
    ...[request]: Parameters<DataWorker['estimateWorld']>
  ): ReturnType<DataWorker['estimateWorld']> {
    return estimateWorld(request);
  }

  async knobEffect(
    ...[request, knob]: Parameters<DataWorker['knobEffect']>
  ): ReturnType<DataWorker['knobEffect']> {
    return knobEffect(request, knob);
  }

  inspectFile(
    ...[file, schema, onProgress]: Parameters<DataWorker['inspectFile']>
  ): ReturnType<DataWorker['inspectFile']> {
    const options = { onProgress: toldBy(onProgress) };
    return this.tables.inspect(file, schema === undefined ? options : { ...options, schema });
  }

  async readRuns(...[file, onRun]: Parameters<DataWorker['readRuns']>): Promise<void> {
    const { readRuns } = await runFiles();
    // Each is taken before the next is read, so that one stands in memory at a time.
    for await (const run of readRuns(file)) await onRun(run);
  }

  async exportRuns(
    ...[ids, onProgress]: Parameters<DataWorker['exportRuns']>
  ): ReturnType<DataWorker['exportRuns']> {
    const { exportRuns } = await runFiles();
    const tell = throttled(onProgress);
    return exportRuns(
      ids,
      (id) => this.runs.get(id),
      (done) => tell({ done, total: ids.length, detail: 'Packing runs' }),
    );
  }

  ping(): boolean {
    return true;
  }

  async importFile(
    file: Parameters<DataWorker['importFile']>[0],
    mapping: Parameters<DataWorker['importFile']>[1],
    onProgress: OnProgress,
  ): ReturnType<DataWorker['importFile']> {
    const { dataset, warnings } = await this.tables.build(file, mapping, { onProgress: toldBy(onProgress) });
    return { summary: await this.adopt(dataset, mapping), warnings };
  }

  async exportDataset(id: string): ReturnType<DataWorker['exportDataset']> {
    const { parquet, manifest } = writeDataset(await this.load(id));
    return { parquet, manifest: JSON.stringify(manifest, null, 2) };
  }

  async takeAlong(run: TakenRun): Promise<Uint8Array> {
    const { dataset: id, training } = run.record.setup;
    const dataset = await this.load(id);
    const split = training.split === 'dataset' ? dataset : resplit(dataset, SPLIT_RULES[training.split]);
    const { onwardZip } = await runFiles();
    return onwardZip({ ...run, dataset: split, today: new Date() });
  }

  async portrait(...[id, pair, nth]: Parameters<DataWorker['portrait']>): ReturnType<DataWorker['portrait']> {
    return portraitOf(await this.load(id), pair, nth);
  }

  replaced(id: string): void {
    if (this.open?.id === id) this.open = null;
  }

  async removeDataset(id: string): Promise<void> {
    await this.source.remove(id);
    this.replaced(id);
  }

  private async adopt(dataset: Dataset, mapping: Mapping | null = null): Promise<DatasetSummary> {
    const known = await this.source.list();
    const sample = known.find((entry) => entry.id === dataset.id && entry.kind === 'sample');
    // A sample simulated again is the sample; it needs no second copy.
    if (!sample) await this.source.keep(catalogueEntry(dataset), dataset, mapping);
    this.open = { id: dataset.id, data: Promise.resolve(dataset) };
    return summariseDataset(dataset, sample ? 'sample' : dataset.source.kind);
  }

  private load(id: string): Promise<Dataset> {
    if (this.open?.id === id) return this.open.data;
    const data = this.source.load(id);
    this.open = { id, data };
    data.catch(() => {
      if (this.open?.data === data) this.open = null;
    });
    return data;
  }
}

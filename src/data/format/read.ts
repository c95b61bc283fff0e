import { parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ageInHours } from './historyColumns';
import { parseManifest, type Manifest } from './manifest';
import { fingerprintOf } from './fingerprint';
import type { Dataset, History, Truth } from '../dataset';

type Numbers = ArrayLike<number>;

/** Whole columns of a Parquet file by name, as the reader gives them: numbers, or one list of numbers a row. */
async function readColumns(parquet: Uint8Array): Promise<Map<string, Numbers | Numbers[]>> {
  // hyparquet wants exactly the file's bytes.
  const file = parquet.buffer.slice(
    parquet.byteOffset,
    parquet.byteOffset + parquet.byteLength,
  ) as ArrayBuffer;
  const chunks = new Map<string, { start: number; data: Numbers | Numbers[] }[]>();
  await parquetRead({
    file,
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const list = chunks.get(columnName) ?? [];
      list.push({ start: rowStart, data: columnData as Numbers | Numbers[] });
      chunks.set(columnName, list);
    },
  });
  const columns = new Map<string, Numbers | Numbers[]>();
  for (const [name, list] of chunks) {
    list.sort((a, b) => a.start - b.start);
    columns.set(
      name,
      list.length === 1
        ? list[0]!.data
        : list.flatMap((chunk) => Array.from<number | Numbers>(chunk.data) as Numbers[]),
    );
  }
  return columns;
}

class Columns {
  constructor(
    private readonly columns: Map<string, Numbers | Numbers[]>,
    private readonly rows: number,
    private readonly id: string,
  ) {}

  has(name: string): boolean {
    return this.columns.has(name);
  }

  private column(name: string): Numbers | Numbers[] {
    const column = this.columns.get(name);
    if (!column)
      throw new Error(`The file of ${this.id} has no column ${name}; its manifest belongs to another file.`);
    if (column.length !== this.rows) {
      throw new Error(
        `Column ${name} of ${this.id} has ${column.length} rows, its manifest says ${this.rows}.`,
      );
    }
    return column;
  }

  flat(name: string): Numbers {
    return this.column(name) as Numbers;
  }

  lists(name: string): Numbers[] {
    return this.column(name) as Numbers[];
  }
}

function readHistory(
  columns: Columns,
  manifest: Manifest,
  described: NonNullable<Manifest['history']>,
  timestamp: Float64Array | null,
): History {
  const { rows } = manifest;
  const { length } = described;
  const stride = described.fields.length;
  const itemFields = described.fields.map(({ field }) => {
    const index = manifest.fields.findIndex((f) => f.name === field);
    if (index < 0)
      throw new Error(`Histories of ${manifest.id} carry ${field}, which is no field of the dataset.`);
    return index;
  });
  const history = {
    length,
    itemFields,
    ids: new Int32Array(rows * length * stride),
    scenario: new Int16Array(rows * length).fill(-1),
    age: new Float32Array(rows * length),
    lengths: new Uint8Array(rows),
  };
  const first = columns.lists(described.fields[0]!.column ?? '');
  for (let row = 0; row < rows; row++) {
    if (first[row]!.length > length)
      throw new Error(`Row ${row} of ${manifest.id} has more than ${length} behaviours.`);
    history.lengths[row] = first[row]!.length;
  }
  described.fields.forEach(({ column, table }, f) => {
    const lists = column === null ? first : columns.lists(column);
    for (let row = 0; row < rows; row++) {
      const list = lists[row]!;
      for (let k = 0; k < list.length; k++) {
        history.ids[(row * length + k) * stride + f] = table ? (table[list[k]!] ?? 0) : list[k]!;
      }
    }
  });
  const scenarios = columns.lists('history_scenario');
  for (let row = 0; row < rows; row++) history.scenario.set(scenarios[row]!, row * length);
  const times = columns.lists(described.absoluteTime ? 'history_timestamp' : 'history_age');
  for (let row = 0; row < rows; row++) {
    const list = times[row]!;
    for (let k = 0; k < list.length; k++) {
      history.age[row * length + k] = described.absoluteTime
        ? ageInHours(timestamp![row]!, list[k]!)
        : list[k]!;
    }
  }
  return history;
}

function readTruth(columns: Columns): Truth | null {
  if (!columns.has('truth_p')) return null;
  return {
    probability: Float32Array.from(columns.flat('truth_p')),
    match: Float32Array.from(columns.flat('truth_match')),
    prominence: Float32Array.from(columns.flat('truth_prominence')),
    intervened: Uint8Array.from(columns.flat('truth_intervened')),
  };
}

function flattened(matrix: readonly (readonly number[])[] | null): Float32Array | null {
  return matrix ? Float32Array.from(matrix.flat()) : null;
}

export interface ReadOptions {
  /** Compute the fingerprint again and compare; a fraction of a second for a sample. Default false. */
  readonly verify?: boolean;
}

/**
 * Reads a dataset from its Parquet file and manifest.
 * @throws Error with one sentence where the manifest is wrong, does not fit the file, or (with `verify`) the content changed.
 */
export async function readDataset(
  parquet: Uint8Array,
  manifest: unknown,
  options: ReadOptions = {},
): Promise<Dataset> {
  const known = parseManifest(manifest);
  const columns = new Columns(await readColumns(parquet), known.rows, known.id);
  const scenario = Int16Array.from(columns.flat('scenario'));
  const timestamp = columns.has('timestamp') ? Float64Array.from(columns.flat('timestamp')) : null;
  const dataset: Dataset = {
    id: known.id,
    title: known.title,
    source: known.source,
    scenarios: known.scenarios,
    fields: known.fields,
    vocabularySize: known.vocabularySize,
    rows: known.rows,
    columns: known.fields.map((field) =>
      field.role === 'scenario' && !columns.has(field.name)
        ? Int32Array.from(scenario, (s) => s + 1)
        : Int32Array.from(columns.flat(field.name)),
    ),
    scenario,
    label: Float32Array.from(columns.flat('label')),
    timestamp,
    split: Uint8Array.from(columns.flat('split')),
    weight: columns.has('weight')
      ? Float32Array.from(columns.flat('weight'))
      : new Float32Array(known.rows).fill(1),
    history: known.history ? readHistory(columns, known, known.history, timestamp) : null,
    truth: readTruth(columns),
    relatedness: flattened(known.relatedness),
    fingerprint: known.fingerprint,
    warnings: known.warnings,
  };
  if (options.verify && (await fingerprintOf(dataset)) !== known.fingerprint) {
    throw new Error(
      `The content of ${known.id} is not what its manifest describes; fetch or simulate it again.`,
    );
  }
  return dataset;
}

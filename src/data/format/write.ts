import { gunzipSync, gzipSync } from 'fflate';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { packLevels } from './packLevels';
import { FORMAT, type Manifest } from './manifest';
import { HISTORY_LENGTH, historyColumns, type HistoryColumn, type WrittenHistory } from './historyColumns';
import { SPLIT, type Dataset } from '../dataset';

type FlatType = 'INT32' | 'FLOAT' | 'DOUBLE';
type Encoding = 'PLAIN' | 'BYTE_STREAM_SPLIT' | 'DELTA_BINARY_PACKED';

interface SchemaElement {
  name: string;
  type?: FlatType;
  num_children?: number;
  repetition_type?: 'REQUIRED' | 'REPEATED';
  converted_type?: 'LIST';
}

/** A column as the library takes it, of one group of rows. */
interface GroupColumn {
  readonly name: string;
  readonly data: Int32Array | Float32Array | Float64Array | number[][];
  readonly encoding?: Encoding;
}

const ONE_GROUP = 1 << 18;
const GROUP = 1 << 16;

/** Columns and their Parquet schema, gathered side by side. */
class Table {
  readonly columns: ((from: number, to: number) => GroupColumn)[] = [];
  readonly schema: SchemaElement[] = [{ name: 'dataset', num_children: 0 }];
  readonly described: Manifest['columns'] = [];

  flat(
    name: string,
    role: Manifest['columns'][number]['role'],
    type: FlatType,
    data: Int32Array | Float32Array | Float64Array,
    meaning: string,
    encoding?: Encoding,
  ): void {
    this.schema[0]!.num_children!++;
    this.schema.push({ name, type, repetition_type: 'REQUIRED' });
    this.columns.push((from, to) => ({
      name,
      data: data.subarray(from, to),
      ...(encoding ? { encoding } : {}),
    }));
    this.described.push({ name, role, type: type.toLowerCase(), meaning });
  }

  list({ name, type, lists, meaning }: HistoryColumn): void {
    this.schema[0]!.num_children!++;
    this.schema.push(
      { name, num_children: 1, repetition_type: 'REQUIRED', converted_type: 'LIST' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', type, repetition_type: 'REQUIRED' },
    );
    // Plain values: a person's histories repeat from row to row, and whole bytes let the codec see it.
    this.columns.push((from, to) => ({ name, data: lists(from, to), encoding: 'PLAIN' }));
    this.described.push({ name, role: 'sequence', type: `list<${type.toLowerCase()}>`, meaning });
  }
}

const INT32_LEAST = -2147483648;
const INT32_MOST = 2147483647;

function wholeSeconds(timestamp: Float64Array): boolean {
  return timestamp.every((t) => Number.isInteger(t) && t >= INT32_LEAST && t <= INT32_MOST);
}

function writeRows(table: Table, dataset: Dataset): void {
  table.flat('scenario', 'scenario', 'INT32', Int32Array.from(dataset.scenario), 'Scenario index, from 0.');
  table.flat('label', 'label', 'FLOAT', dataset.label, '1 for a click, else 0.');
  if (dataset.timestamp) {
    const whole = wholeSeconds(dataset.timestamp);
    const data = whole ? Int32Array.from(dataset.timestamp) : dataset.timestamp;
    table.flat(
      'timestamp',
      'time',
      whole ? 'INT32' : 'DOUBLE',
      data,
      'Seconds since the epoch.',
      whole ? 'DELTA_BINARY_PACKED' : 'PLAIN',
    );
  }
  table.flat('split', 'split', 'INT32', Int32Array.from(dataset.split), '0 train, 1 validation, 2 test.');
  const weighted = dataset.weight.some((w) => w !== 1);
  if (weighted) {
    table.flat(
      'weight',
      'weight',
      'FLOAT',
      dataset.weight,
      'Brings an evaluation row back to its scenario’s true share.',
    );
  }
  dataset.fields.forEach((field, f) => {
    if (field.role === 'scenario' && sameAsScenario(dataset, f)) return;
    table.flat(
      field.name,
      field.role,
      'INT32',
      dataset.columns[f]!,
      `${field.meaning} Local id; 0 is “other”.`,
    );
  });
}

/** The scenario field says no more than the scenario column. */
function sameAsScenario(dataset: Dataset, f: number): boolean {
  const column = dataset.columns[f]!;
  return column.every((id, row) => id === dataset.scenario[row]! + 1);
}

/** Different values up to which whole words repeat often enough to be smaller than their bytes apart. */
const FEW_VALUES = 8192;

/** Numbers of a world with few people and items repeat: the codec, or a dictionary, sees that in whole words only. */
function truthEncoding(values: Float32Array): Encoding | undefined {
  return new Set(values).size <= FEW_VALUES ? undefined : 'BYTE_STREAM_SPLIT';
}

function writeTruth(table: Table, truth: NonNullable<Dataset['truth']>): void {
  const flat = (name: string, values: Float32Array, meaning: string) =>
    table.flat(name, 'truth', 'FLOAT', values, meaning, truthEncoding(values));
  flat('truth_p', truth.probability, 'True click probability.');
  flat('truth_match', truth.match, 'True interest match M.');
  table.flat(
    'truth_prominence',
    'truth',
    'FLOAT',
    truth.prominence,
    'How likely the place was noticed, e(s, slot).',
  );
  table.flat(
    'truth_intervened',
    'truth',
    'INT32',
    Int32Array.from(truth.intervened),
    '1 where the exposure was a forced promotion.',
  );
  if (truth.propensity) {
    flat('truth_propensity', truth.propensity, 'How likely the policy was to show the item to the person.');
  }
}

function countSplit(dataset: Dataset, split: number): number {
  return dataset.split.reduce((count, s) => count + (s === split ? 1 : 0), 0);
}

export interface WriteOptions {
  /** How rows were divided, in words. */
  readonly splitRule?: string;
  /** Gzip level: 6, or 1 where a file is only kept on this computer and speed matters more than size. */
  readonly level?: 1 | 6;
  /** Rows of a row group: all of them up to 262,144, else 65,536, because lists are made for one group at a time. */
  readonly groupRows?: number;
}

/** All columns of a dataset, and how its history is described. */
function tableOf(dataset: Dataset): { readonly table: Table; readonly history: WrittenHistory | null } {
  const table = new Table();
  writeRows(table, dataset);
  let history: WrittenHistory | null = null;
  if (dataset.history) {
    history = historyColumns(dataset, dataset.history);
    const lengths = Int32Array.from(dataset.history.lengths);
    table.flat(HISTORY_LENGTH, 'sequence', 'INT32', lengths, 'Number of last clicks in the history_* lists.');
    for (const column of history.columns) table.list(column);
  }
  if (dataset.truth) writeTruth(table, dataset.truth);
  return { table, history };
}

/** A dataset's manifest without its rows. */
export function manifestOf(dataset: Dataset): Manifest {
  const { table, history } = tableOf(dataset);
  return describe(dataset, table, history, undefined);
}

/**
 * Writes a dataset as one Parquet file (gzip, one row group, or several of a large one) and its manifest. The same dataset gives the same bytes on
 * every platform.
 */
export function writeDataset(
  dataset: Dataset,
  options: WriteOptions = {},
): { parquet: Uint8Array; manifest: Manifest } {
  const { table, history } = tableOf(dataset);
  const writer = new ByteWriter();
  const level = options.level ?? 6;
  // mtime 0: the clock must not get into the file.
  const pack = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level, mtime: 0 });
  const file = new ParquetWriter({
    writer,
    schema: table.schema,
    codec: 'GZIP',
    compressors: { GZIP: pack },
    statistics: false,
    createdBy: 'scenarium',
    kvMetadata: [
      { key: 'scenarium', value: JSON.stringify({ id: dataset.id, fingerprint: dataset.fingerprint }) },
    ],
  });
  const size = options.groupRows ?? (dataset.rows <= ONE_GROUP ? Math.max(1, dataset.rows) : GROUP);
  for (let from = 0; from < dataset.rows; from += size) {
    const to = Math.min(from + size, dataset.rows);
    // One page a column and group: there is nothing that an index would find.
    const columnData = table.columns.map((group) => ({ ...group(from, to), offsetIndex: false }));
    void file.write({ columnData, rowGroupSize: size, pageSize: 1 << 24 });
  }
  void file.finish();
  const manifest = describe(dataset, table, history, options.splitRule);
  const parquet = new Uint8Array(writer.getBuffer());
  // Packing goes over the whole file once more: not worth it where it is only kept on this computer.
  if (level === 1 || !table.schema.some(({ converted_type }) => converted_type === 'LIST'))
    return { parquet, manifest };
  const unpack = (bytes: Uint8Array, length: number): Uint8Array =>
    gunzipSync(bytes, { out: new Uint8Array(length) });
  return { parquet: packLevels(parquet, { pack, unpack }), manifest };
}

/** @param splitRule how rows were divided, in words; an import says it itself: by time, by a column, or at random */
function describe(
  dataset: Dataset,
  table: Table,
  history: WrittenHistory | null,
  splitRule: string | undefined,
): Manifest {
  const n = dataset.scenarios.length;
  return {
    format: FORMAT,
    id: dataset.id,
    title: dataset.title,
    source: dataset.source,
    rows: dataset.rows,
    scenarios: dataset.scenarios.map((scenario) => ({ ...scenario })),
    fields: dataset.fields.map(({ labels, ...field }) => ({
      ...field,
      ...(labels ? { labels: [...labels] } : {}),
    })),
    vocabularySize: dataset.vocabularySize,
    columns: table.described,
    history: history?.described ?? null,
    splits: {
      rule:
        splitRule ??
        (dataset.source.kind === 'imported'
          ? dataset.source.note
          : 'By time: the first 80 % train, the next 10 % validate, the last 10 % test.'),
      rows: {
        train: countSplit(dataset, SPLIT.train),
        validation: countSplit(dataset, SPLIT.validation),
        test: countSplit(dataset, SPLIT.test),
      },
    },
    relatedness: dataset.relatedness
      ? Array.from({ length: n }, (_, s) => Array.from(dataset.relatedness!.subarray(s * n, (s + 1) * n)))
      : null,
    fingerprint: dataset.fingerprint,
    warnings: [...dataset.warnings],
  };
}

import { Columns, type Lists } from './columns';
import { fingerprintOf } from './fingerprint';
import { ageInHours, HISTORY_LENGTH, HISTORY_SCENARIO, HISTORY_TIME, HISTORY_AGE } from './historyColumns';
import { parseManifest, type Manifest } from './manifest';
import type { Dataset, History, Truth } from '../dataset';

/** Calls `use(step, value, row)` for every behaviour; `step` counts in the padded layout `[rows * length]`. */
function eachStep(
  lists: Lists,
  length: number,
  use: (step: number, value: number, row: number) => void,
): void {
  const { values, lengths } = lists;
  let at = 0;
  for (let row = 0; row < lengths.length; row++) {
    const have = lengths[row]!;
    for (let k = 0; k < have; k++) use(row * length + k, values[at++]!, row);
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
      throw new Error(
        `Histories of ${manifest.id} carry ${field}, which is no field of the dataset; write the dataset again.`,
      );
    return index;
  });
  const first = columns.lists(described.fields[0]!.column ?? '');
  const lengths = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const have = first.lengths[row]!;
    if (have > length)
      throw new Error(
        `Row ${row} of ${manifest.id} has ${have} behaviours, its manifest allows ${length}; the manifest belongs to another file.`,
      );
    lengths[row] = have;
  }
  const ids = new Int32Array(rows * length * stride);
  described.fields.forEach(({ column, table }, f) => {
    if (column === null && table)
      eachStep(first, length, (step, id) => (ids[step * stride + f] = table[id] ?? 0));
    else eachStep(columns.lists(column ?? ''), length, (step, id) => (ids[step * stride + f] = id));
  });
  const scenario = new Int16Array(rows * length).fill(-1);
  eachStep(columns.lists(HISTORY_SCENARIO), length, (step, s) => (scenario[step] = s));
  const age = new Float32Array(rows * length);
  if (described.absoluteTime && timestamp) {
    eachStep(
      columns.lists(HISTORY_TIME),
      length,
      (step, time, row) => (age[step] = ageInHours(timestamp[row]!, time)),
    );
  } else {
    eachStep(columns.lists(HISTORY_AGE), length, (step, hours) => (age[step] = hours));
  }
  return { length, itemFields, ids, scenario, age, lengths };
}

function readTruth(columns: Columns): Truth | null {
  if (!columns.has('truth_p')) return null;
  return {
    probability: new Float32Array(columns.flat('truth_p')),
    match: new Float32Array(columns.flat('truth_match')),
    prominence: new Float32Array(columns.flat('truth_prominence')),
    intervened: new Uint8Array(columns.flat('truth_intervened')),
    propensity: columns.has('truth_propensity') ? new Float32Array(columns.flat('truth_propensity')) : null,
  };
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
  const lists = known.columns.filter((column) => column.type.startsWith('list')).map((column) => column.name);
  const columns = await Columns.read(parquet, lists, HISTORY_LENGTH, known.rows, known.id);
  const scenario = new Int16Array(columns.flat('scenario'));
  const timestamp = columns.has('timestamp') ? new Float64Array(columns.flat('timestamp')) : null;
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
        ? new Int32Array(scenario).map((s) => s + 1)
        : new Int32Array(columns.flat(field.name)),
    ),
    scenario,
    label: new Float32Array(columns.flat('label')),
    timestamp,
    split: new Uint8Array(columns.flat('split')),
    weight: columns.has('weight')
      ? new Float32Array(columns.flat('weight'))
      : new Float32Array(known.rows).fill(1),
    history: known.history ? readHistory(columns, known, known.history, timestamp) : null,
    truth: readTruth(columns),
    relatedness: known.relatedness ? Float32Array.from(known.relatedness.flat()) : null,
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

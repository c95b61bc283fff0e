import { Columns, type Lists } from './columns';
import { fingerprintOf } from './fingerprint';
import { ageInHours, HISTORY_LENGTH, HISTORY_SCENARIO, HISTORY_TIME, HISTORY_AGE } from './historyColumns';
import { parseManifest, type Manifest } from './manifest';
import type { Dataset, History, Truth } from '../dataset';

/** Values of lists `[behaviours]` end to end, as a file has them. */
type Values = Lists['values'];

/**
 * Values of lists of which every row's is as long as `lengths` says.
 *
 * @throws Error with one sentence where one is not: what stands behind it would be another row's
 */
export function valuesAsLong(
  { values, lengths: own }: Lists,
  lengths: Uint8Array,
  name: string,
  id: string,
): Values {
  let all = 0;
  for (let row = 0; row < lengths.length; row++) {
    const have = lengths[row]!;
    if (own[row] !== have)
      throw new Error(
        `Row ${row} of ${id} has ${have} behaviours, but ${own[row]} in ${name}; write the dataset again.`,
      );
    all += have;
  }
  if (values.length !== all)
    throw new Error(
      `Histories of ${id} have ${all} behaviours, but ${values.length} in ${name}; write the dataset again.`,
    );
  return values;
}

/**
 * Where each row's behaviours go: row after row into a layout of `length` steps a row, what is left of them as it was.
 *
 * Plain loops over typed arrays: with a function called for each behaviour reading a sample's histories took more than half a second.
 */
function place(into: Int16Array | Float32Array, lengths: Uint8Array, length: number, values: Values): void {
  let at = 0;
  for (let row = 0; row < lengths.length; row++) {
    const start = row * length;
    const end = start + lengths[row]!;
    for (let step = start; step < end; step++) into[step] = values[at++]!;
  }
}

/** Ids of all fields of each behaviour `[rows * length * fields]`, in one pass: the array is far larger than a cache. */
function placeIds(
  lengths: Uint8Array,
  length: number,
  fields: readonly { readonly values: Values; readonly table: readonly number[] | null }[],
): Int32Array {
  const stride = fields.length;
  const ids = new Int32Array(lengths.length * length * stride);
  const values = fields.map((field) => field.values);
  const tables = fields.map(({ table }) => table && Int32Array.from(table));
  let at = 0;
  for (let row = 0; row < lengths.length; row++) {
    let to = row * length * stride;
    for (let k = lengths[row]!; k > 0; k--, at++) {
      for (let f = 0; f < stride; f++) {
        const table = tables[f];
        const id = values[f]![at]!;
        ids[to++] = table ? (table[id] ?? 0) : id;
      }
    }
  }
  return ids;
}

/** Ages in hours where a file has times. */
function placeAges(
  lengths: Uint8Array,
  length: number,
  times: Values,
  timestamp: Float64Array,
): Float32Array {
  const age = new Float32Array(lengths.length * length);
  let at = 0;
  for (let row = 0; row < lengths.length; row++) {
    const now = timestamp[row]!;
    const start = row * length;
    const end = start + lengths[row]!;
    for (let step = start; step < end; step++) age[step] = ageInHours(now, times[at++]!);
  }
  return age;
}

/** Lists and the column that they are. */
interface NamedLists {
  readonly name: string;
  readonly lists: Lists;
}

/** What `make` gives, made when it is first asked for; a failure is met again by who asks again. */
function once<T>(make: () => T): () => T {
  let pending: (() => T) | null = make;
  let made: T;
  return () => {
    if (pending) {
      made = pending();
      // What it was made from can go.
      pending = null;
    }
    return made;
  };
}

/**
 * Histories of which the arrays are decoded when they are first read: most models read none, and in memory they are five times as large as all other
 * columns. Copied or spread they are whole, since what is read is an object's own.
 */
function readHistory(
  columns: Columns,
  manifest: Manifest,
  described: NonNullable<Manifest['history']>,
  timestamp: Float64Array | null,
): History {
  const { rows } = manifest;
  const { length } = described;
  const itemFields = described.fields.map(({ field }) => {
    const index = manifest.fields.findIndex((f) => f.name === field);
    if (index < 0)
      throw new Error(
        `Histories of ${manifest.id} carry ${field}, which is no field of the dataset; write the dataset again.`,
      );
    return index;
  });
  const listsOf = (name: string): NamedLists => ({ name, lists: columns.lists(name) });
  const first = listsOf(described.fields[0]!.column ?? '');
  const lengths = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const have = first.lists.lengths[row]!;
    if (have > length)
      throw new Error(
        `Row ${row} of ${manifest.id} has ${have} behaviours, its manifest allows ${length}; the manifest belongs to another file.`,
      );
    lengths[row] = have;
  }
  const valuesOf = ({ name, lists }: NamedLists): Values => valuesAsLong(lists, lengths, name, manifest.id);
  const fields = described.fields.map(({ column, table }) =>
    column === null && table
      ? { of: first, table }
      : { of: column === first.name ? first : listsOf(column ?? ''), table: null },
  );
  const ids = once(() => {
    const firstValues = valuesOf(first);
    return placeIds(
      lengths,
      length,
      fields.map(({ of, table }) => ({ values: of === first ? firstValues : valuesOf(of), table })),
    );
  });
  const scenarios = listsOf(HISTORY_SCENARIO);
  const scenario = once(() => {
    const placed = new Int16Array(rows * length).fill(-1);
    place(placed, lengths, length, valuesOf(scenarios));
    return placed;
  });
  const absolute = described.absoluteTime && timestamp !== null;
  const times = listsOf(absolute ? HISTORY_TIME : HISTORY_AGE);
  const age = once(() => {
    if (absolute) return placeAges(lengths, length, valuesOf(times), timestamp);
    const placed = new Float32Array(rows * length);
    place(placed, lengths, length, valuesOf(times));
    return placed;
  });
  return {
    length,
    itemFields,
    lengths,
    get ids() {
      return ids();
    },
    get scenario() {
      return scenario();
    },
    get age() {
      return age();
    },
  };
}

/** A column in the type that a dataset has it in; one that was read so is taken as it is. */
const integers = (column: ArrayLike<number>): Int32Array =>
  column instanceof Int32Array ? column : new Int32Array(column);
const reals = (column: ArrayLike<number>): Float32Array =>
  column instanceof Float32Array ? column : new Float32Array(column);

function readTruth(columns: Columns): Truth | null {
  if (!columns.has('truth_p')) return null;
  return {
    probability: reals(columns.flat('truth_p')),
    match: reals(columns.flat('truth_match')),
    prominence: reals(columns.flat('truth_prominence')),
    intervened: new Uint8Array(columns.flat('truth_intervened')),
    propensity: columns.has('truth_propensity') ? reals(columns.flat('truth_propensity')) : null,
  };
}

export interface ReadOptions {
  /** Compute the fingerprint again and compare; a fraction of a second for a sample. Default false. */
  readonly verify?: boolean;
}

/**
 * Reads a dataset from its Parquet file and manifest; its histories once they are asked for.
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
        : integers(columns.flat(field.name)),
    ),
    scenario,
    label: reals(columns.flat('label')),
    timestamp,
    split: new Uint8Array(columns.flat('split')),
    weight: columns.has('weight') ? reals(columns.flat('weight')) : new Float32Array(known.rows).fill(1),
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

/** One row of a dataset as it is, or with some of its fields changed, in every scenario: data that a batch is read from. */
import type { Dataset, Field, History } from '../../data/dataset';
import type { RowSource } from '../../data/batches';

/** Which row is asked about, and what of it is changed. */
export interface WhatIfRequest {
  /** Row number in the dataset. One that is no test row stands for the next that is. */
  readonly row: number;
  /** Local ids by the names of the fields that are changed. */
  readonly edits: Readonly<Record<string, number>>;
  /** Scenario whose inside is read; null: the row's own. */
  readonly scenario: number | null;
}

/** The row in each of some scenarios. */
export interface Variants extends RowSource {
  /** A row each: `truth.intervened` of the base row, where there is truth. */
  readonly truth: { readonly intervened: Uint8Array } | null;
  /** Row that the user's other fields and history come from, where the user was changed; else null. */
  readonly userFrom: number | null;
  /** Row that the item's other fields come from, where the item was changed; else null. */
  readonly itemFrom: number | null;
}

/** The field that tells one user, or one item, from the others: the largest of its role. */
function keyField(fields: readonly Field[], role: 'user' | 'item'): Field | null {
  const own = fields.filter((field) => field.role === role);
  return own.reduce<Field | null>((most, field) => (most && most.size >= field.size ? most : field), null);
}

/** Whether a field can be changed by itself: what follows from the user, the item or the scenario cannot. */
export function isEditable(fields: readonly Field[], field: Field): boolean {
  return field.role === 'context' || field === keyField(fields, 'user') || field === keyField(fields, 'item');
}

/** The latest row with a value; null where there is none. */
function donorOf(column: Int32Array, value: number): number | null {
  const row = column.lastIndexOf(value);
  return row < 0 ? null : row;
}

/** @throws RangeError with one sentence for a field or value that the dataset does not have */
function checkEdits({ fields }: Pick<Dataset, 'fields'>, edits: WhatIfRequest['edits']): void {
  for (const [name, value] of Object.entries(edits)) {
    const field = fields.find((one) => one.name === name);
    if (!field) throw new RangeError(`There is no field "${name}" in this dataset.`);
    if (!isEditable(fields, field))
      throw new RangeError(`${name} follows from the ${field.role}; change that one.`);
    if (!Number.isInteger(value) || value < 0 || value >= field.size)
      throw new RangeError(`${name} is a whole number from 0 to ${field.size - 1}.`);
  }
}

/** The history of one row, repeated. */
function repeatedHistory(history: History, row: number, count: number): History {
  const stride = history.length * history.itemFields.length;
  const repeat = <T extends Int32Array | Int16Array | Float32Array>(made: T, from: T): T => {
    for (let k = 0; k < count; k++) made.set(from, k * from.length);
    return made;
  };
  const at = row * history.length;
  return {
    length: history.length,
    itemFields: history.itemFields,
    ids: repeat(new Int32Array(count * stride), history.ids.subarray(row * stride, (row + 1) * stride)),
    scenario: repeat(
      new Int16Array(count * history.length),
      history.scenario.subarray(at, at + history.length),
    ),
    age: repeat(new Float32Array(count * history.length), history.age.subarray(at, at + history.length)),
    lengths: new Uint8Array(count).fill(history.lengths[row] ?? 0),
  };
}

/**
 * The row in each of `scenarios`, with its edits. A changed user brings that user's other fields and history, a changed item
 * its other fields, from the latest row that has it; all else stays.
 *
 * @throws RangeError with one sentence where the edits do not fit, or nobody in the data has the wanted user or item
 */
export function variantsOf(
  dataset: Dataset,
  row: number,
  edits: WhatIfRequest['edits'],
  scenarios: readonly number[],
): Variants {
  checkEdits(dataset, edits);
  const { fields, columns } = dataset;
  const donor = (role: 'user' | 'item'): number | null => {
    const key = keyField(fields, role);
    const wanted = key && edits[key.name];
    if (!key || wanted === undefined || wanted === null) return null;
    const column = columns[fields.indexOf(key)];
    if (!column || column[row] === wanted) return null;
    const found = donorOf(column, wanted);
    if (found === null) throw new RangeError(`No row of the data has ${key.name} ${wanted}; take another.`);
    return found;
  };
  const userFrom = donor('user');
  const itemFrom = donor('item');
  const count = scenarios.length;
  const valueOf = (field: Field, f: number): number => {
    const from = (field.role === 'user' ? userFrom : field.role === 'item' ? itemFrom : null) ?? row;
    return edits[field.name] ?? columns[f]?.[from] ?? 0;
  };
  return {
    id: dataset.id,
    fields,
    columns: fields.map((field, f) =>
      field.role === 'scenario'
        ? Int32Array.from(scenarios, (s) => s + 1)
        : new Int32Array(count).fill(valueOf(field, f)),
    ),
    scenario: Int16Array.from(scenarios),
    label: new Float32Array(count).fill(dataset.label[row] ?? 0),
    history: dataset.history && repeatedHistory(dataset.history, userFrom ?? row, count),
    truth: dataset.truth && {
      intervened: new Uint8Array(count).fill(dataset.truth.intervened[row] ?? 0),
    },
    userFrom,
    itemFrom,
  };
}

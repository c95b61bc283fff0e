/** Batches in which one field has one value in every row: an intervention on what the model is told. */
import type { HostBatch } from '../../data/batches';
import type { Field } from '../../data/dataset';

/**
 * Writes one value into a field of every row of a batch, padding left out.
 *
 * @param index of the field in `Dataset.fields`
 * @param value local id
 * @returns false where the model doesn't read the field: the batch is as it was
 */
export function fixField(batch: HostBatch, fields: readonly Field[], index: number, value: number): boolean {
  const { layout, ids, scenario, count } = batch;
  const at = layout.fields.indexOf(index);
  if (at < 0) return false;
  const id = fields[index]!.offset + value;
  for (let b = 0; b < count; b++) {
    ids[b * layout.width + at] = layout.ownTables ? id * layout.ownTables + scenario[b]! : id;
  }
  return true;
}

/** The field that names the item. */
import type { Dataset } from '../../data/dataset';

/** Index of the item field with the most values; null where the data has no item field. */
export function itemField({ fields }: Pick<Dataset, 'fields'>): number | null {
  let best: { readonly index: number; readonly size: number } | null = null;
  for (const [index, { role, size }] of fields.entries())
    if (role === 'item' && (best === null || size > best.size)) best = { index, size };
  return best?.index ?? null;
}

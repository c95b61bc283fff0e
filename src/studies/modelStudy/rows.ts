/** What a study compares: the model itself, its variants, and other models. */
import type { AnyModelDefinition } from '../../models/definition';
import type { AnySettings } from '../../models/settings';

export interface StudyRow {
  /** As shown; the paper's own words for a variant. */
  readonly name: string;
  /** The paper's table or figure that the row belongs to, or null. */
  readonly table: string | null;
  readonly model: string;
  /** Over the preset. */
  readonly settings: AnySettings;
}

/** Which variants: all, none, or those of one of the paper's tables. */
export type VariantChoice = 'all' | 'none' | (string & {});

/** The model first, then its variants, then the models to compare with. */
export function studyRows(
  definition: AnyModelDefinition,
  variants: VariantChoice,
  against: readonly AnyModelDefinition[],
): StudyRow[] {
  const chosen = definition.variants.filter(
    (variant) => variants === 'all' || (variants !== 'none' && variant.table.startsWith(variants)),
  );
  return [
    { name: definition.title, table: null, model: definition.id, settings: {} },
    ...chosen.map((variant) => ({
      name: variant.name,
      table: variant.table,
      model: definition.id,
      settings: variant.settings,
    })),
    ...against.map((other) => ({ name: other.title, table: null, model: other.id, settings: {} })),
  ];
}

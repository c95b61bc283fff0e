/** The runs of an ablation: a run, and each of its switches turned in turn. */
import type { AnyModelDefinition } from '../../../models/definition';
import type { AnySettings, SettingValue } from '../../../models/settings';
import type { RunSetup } from '../../../training/runRecord';
import { sameValue } from '../../controls/parse';

export interface PlannedVariant {
  readonly name: string;
  /** Table of the paper, where it has this row. */
  readonly table: string | null;
  readonly changes: AnySettings;
}

/** The other value of a switch, where there is exactly one way to turn it off. */
function off(model: AnyModelDefinition, name: string, value: SettingValue): SettingValue | null {
  const field = model.fields[name];
  if (!field) return null;
  if (field.type === 'toggle') return !value;
  if (field.type === 'choice' && field.options.includes('off') && value !== 'off') return 'off';
  return null;
}

/** The paper's own variants, then each switch that none of them is. Variants that change nothing in this run are left out. */
export function plannedVariants(model: AnyModelDefinition, setup: RunSetup): readonly PlannedVariant[] {
  const differs = (changes: AnySettings) =>
    Object.entries(changes).some(([name, value]) => !sameValue(setup.settings[name], value));
  const planned: PlannedVariant[] = model.variants
    .filter((variant) => differs(variant.settings))
    .map((variant) => ({ name: variant.name, table: variant.table, changes: variant.settings }));
  for (const [name, field] of Object.entries(model.fields)) {
    if (field.role !== 'ablation') continue;
    const value = off(model, name, setup.settings[name] ?? field.default);
    if (value === null) continue;
    const alone = planned.some(
      ({ changes }) => Object.keys(changes).length === 1 && sameValue(changes[name], value),
    );
    if (!alone) planned.push({ name: `w/o ${field.label}`, table: null, changes: { [name]: value } });
  }
  return merged(model, setup, planned);
}

/** Rows of several tables that are one set-up are trained once, under the first name, with all tables named. */
function merged(
  model: AnyModelDefinition,
  setup: RunSetup,
  planned: readonly PlannedVariant[],
): readonly PlannedVariant[] {
  const names = Object.keys(model.fields).sort();
  const byChanges = new Map<string, PlannedVariant>();
  for (const variant of planned) {
    const key = JSON.stringify(names.map((name) => variant.changes[name] ?? setup.settings[name] ?? null));
    const known = byChanges.get(key);
    const also = variant.table === null ? variant.name : `${variant.table}: ${variant.name}`;
    byChanges.set(
      key,
      known ? { ...known, table: known.table === null ? also : `${known.table}, ${also}` } : variant,
    );
  }
  return [...byChanges.values()];
}

/** Base and variants over seeds, seed by seed, so that a table can be read before all are done. */
export function ablationRuns(
  model: AnyModelDefinition,
  setup: RunSetup,
  variants: readonly PlannedVariant[],
  seeds: number,
): readonly { readonly name: string; readonly setup: RunSetup }[] {
  return Array.from({ length: seeds }, (_, k) => setup.seed + k).flatMap((seed) => [
    { name: `${model.title}, seed ${seed}`, setup: { ...setup, seed } },
    ...variants.map((variant) => ({
      name: `${model.title} ${variant.name}, seed ${seed}`,
      setup: { ...setup, seed, settings: { ...setup.settings, ...variant.changes } },
    })),
  ]);
}

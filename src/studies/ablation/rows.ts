/** The runs of an ablation: a run, and each of its switches turned in turn, or the rows of one of the paper's tables. */
import type { AnyModelDefinition } from '../../models/definition';
import { publishedOf } from '../published';
import { sameValue } from '../../models/settings';
import type { AnySettings, SettingField, SettingValue } from '../../models/settings';
import { parseSetup } from '../../training/parseSetup';
import type { ParsedSetup } from '../../training/parseSetup';
import type { RunSetup } from '../../training/runRecord';
import { settingsKey } from '../setups';

export interface VariantRow {
  readonly name: string;
  /** Table of the paper, where it has this row. */
  readonly table: string | null;
  readonly changes: AnySettings;
}

/** A way to choose rows: all switches in turn, one of the paper's tables, or everything. */
export interface RowChoice {
  readonly id: string;
  readonly label: string;
  /** The run itself is among them where the choice needs it. */
  readonly rows: readonly VariantRow[];
}

/** What turning a switch off means; null where it is off, or where there is no one way to. */
function switchedOff(field: SettingField, value: SettingValue): { value: SettingValue; name: string } | null {
  if (field.type === 'toggle') return value === true ? { value: false, name: `w/o ${field.label}` } : null;
  if (field.type !== 'choice' || value === 'off' || value === 'none') return null;
  const off = field.options.find((option) => option === 'off' || option === 'none');
  if (off !== undefined) return { value: off, name: `w/o ${field.label}` };
  const other = field.options.filter((option) => option !== value);
  return other.length === 1
    ? { value: other[0]!, name: `${field.label}: ${field.optionLabels?.[other[0]!] ?? other[0]!}` }
    : null;
}

/** Each of the model's main switches turned off alone; those behind "advanced" are conventions, not modules. */
export function switchOffRows(model: AnyModelDefinition, setup: RunSetup): readonly VariantRow[] {
  return Object.entries(model.fields).flatMap(([name, field]) => {
    if (field.role !== 'ablation' || field.advanced) return [];
    const found = switchedOff(field, setup.settings[name] ?? field.default);
    return found ? [{ name: found.name, table: null, changes: { [name]: found.value } }] : [];
  });
}

function unchanged(model: AnyModelDefinition): VariantRow {
  return { name: model.title, table: null, changes: {} };
}

/** The choices that a run offers: its switches first, then the paper's tables in their order, then all together. */
export function rowChoices(model: AnyModelDefinition, setup: RunSetup): readonly RowChoice[] {
  const switches = switchOffRows(model, setup);
  const tables = [...new Set(model.variants.map((variant) => variant.table))];
  const published = publishedOf(model.id)?.tables ?? [];
  const choices: RowChoice[] = [];
  if (switches.length > 0)
    choices.push({
      id: 'switches',
      label: 'each switch off in turn',
      rows: mergeEqualRows(setup, [unchanged(model), ...switches]),
    });
  for (const table of tables) {
    const rows = mergeEqualRows(
      setup,
      model.variants
        .filter((variant) => variant.table === table)
        .map(({ name, settings }) => ({ name, table, changes: settings })),
    );
    const title = published.find((one) => one.table === table)?.title;
    if (rows.length > 1) choices.push({ id: table, label: title ? `${table}: ${title}` : table, rows });
  }
  const all = mergeEqualRows(setup, [
    unchanged(model),
    ...model.variants.map(({ name, table, settings }) => ({ name, table, changes: settings })),
    ...switches,
  ]);
  if (choices.length > 1) choices.push({ id: 'all', label: 'all of these', rows: all });
  return choices;
}

/** Rows of several tables that are one set-up are trained once, under the first name, with all tables named. */
function mergeEqualRows(setup: RunSetup, all: readonly VariantRow[]): readonly VariantRow[] {
  const rows = new Map<string, VariantRow>();
  for (const variant of all) {
    const key = settingsKey({ ...setup.settings, ...variant.changes });
    const first = rows.get(key);
    if (!first) {
      rows.set(key, variant);
      continue;
    }
    const also = variant.table === null ? variant.name : `${variant.table}: ${variant.name}`;
    rows.set(key, { ...first, table: first.table === null ? also : `${first.table}, ${also}` });
  }
  return [...rows.values()];
}

/** True where a row is the run itself. */
export function isUnchanged(setup: RunSetup, { changes }: VariantRow): boolean {
  return Object.entries(changes).every(([name, value]) => sameValue(setup.settings[name], value));
}

/** How the rows of an ablation are trained: as the run was, but the truth chooses no best step where rows are compared. */
function comparedTraining({ training }: RunSetup): RunSetup['training'] {
  return training.stopMetric === 'noiseFreeAuc' ? { ...training, stopMetric: 'logLoss' } : training;
}

/**
 * Every row over seeds, seed by seed, so that a table can be read before all are done.
 *
 * @throws RangeError with one sentence where a row's settings do not fit this lab (an old kept run)
 */
export function ablationRuns(
  model: AnyModelDefinition,
  setup: RunSetup,
  rows: readonly VariantRow[],
  seeds: number,
): readonly { readonly name: string; readonly setup: ParsedSetup }[] {
  const training = comparedTraining(setup);
  return Array.from({ length: seeds }, (_, k) => setup.seed + k).flatMap((seed) =>
    rows.map((row) => ({
      name: `${row.name === model.title ? '' : `${model.title} `}${row.name}, seed ${seed}`,
      setup: parseSetup({ ...setup, seed, training, settings: { ...setup.settings, ...row.changes } }),
    })),
  );
}

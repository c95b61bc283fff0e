/**
 * One schema a model: it gives the form, the address, the validation and the docs.
 *
 * A model lists its settings with `hyper.*` and `ablation.*`; everything else is derived from that list.
 */
import { z } from '../data/zod';
import { listed, shortened } from '../data/shortened';

export type SettingValue = number | boolean | string | readonly number[];

/** True where two settings are equal, lists number by number. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, k) => x === b[k]);
  return a === b;
}

interface Common {
  readonly label: string;
  /** What it does, one sentence. */
  readonly help: string;
  /** `hyper`: a hyper-parameter; `ablation`: a switch of the paper's ablations or a variant. */
  readonly role: 'hyper' | 'ablation';
  readonly unit?: string;
  /** The paper's value as shown to people ("–" where not printed). */
  readonly paper?: string;
  /** For ablations: what the setting is called in the paper, e.g. "w/o priors (Table 5)". */
  readonly paperName?: string;
  /** Folded away in the form unless opened. */
  readonly advanced?: boolean;
  /** What a run that was stored before the setting came had in its place. */
  readonly before?: SettingValue;
  /** Values that a tuning budget draws it from, beside learning rate, L2 and dropout. */
  readonly searched?: readonly number[];
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** `log` for values that people vary by factors. */
  readonly scale?: 'linear' | 'log';
  readonly default: number;
}

export type SettingField = Common &
  (
    | ({ readonly type: 'int' } & NumberRange)
    | ({ readonly type: 'real' } & NumberRange)
    | { readonly type: 'toggle'; readonly default: boolean }
    | {
        readonly type: 'choice';
        readonly options: readonly string[];
        readonly optionLabels?: Readonly<Record<string, string>>;
        readonly default: string;
      }
    | {
        readonly type: 'widths';
        readonly min: number;
        readonly max: number;
        readonly maxLayers: number;
        readonly default: readonly number[];
      }
  );

type Spec<T extends SettingField['type']> = Omit<Extract<SettingField, { type: T }>, 'type' | 'role'>;
type Made<T extends SettingField['type'], V> = Extract<SettingField, { type: T }> & { readonly __value?: V };

function makers<R extends SettingField['role']>(role: R) {
  return {
    int: (spec: Spec<'int'>): Made<'int', number> => ({ ...spec, type: 'int', role }),
    real: (spec: Spec<'real'>): Made<'real', number> => ({ ...spec, type: 'real', role }),
    toggle: (spec: Spec<'toggle'>): Made<'toggle', boolean> => ({ ...spec, type: 'toggle', role }),
    choice: <const O extends readonly string[]>(
      spec: Omit<Spec<'choice'>, 'options' | 'default'> & {
        readonly options: O;
        readonly default: O[number];
      },
    ): Made<'choice', O[number]> => ({ ...spec, type: 'choice', role }),
    widths: (spec: Spec<'widths'>): Made<'widths', readonly number[]> => ({ ...spec, type: 'widths', role }),
  };
}

export const hyper = makers('hyper');
export const ablation = makers('ablation');

export type SettingFields = Readonly<Record<string, SettingField>>;
type ValueOf<F> = F extends { readonly __value?: infer V } ? Exclude<V, undefined> : never;
export type SettingsOf<F extends SettingFields> = { readonly [K in keyof F]: ValueOf<F[K]> };
/** Settings of some model, when which one is not known. */
export type AnySettings = Readonly<Record<string, SettingValue>>;

/** A mark for the compiler alone. */
declare class Checked {
  private readonly checked: true;
}

/** Settings that a model's own schema has checked: all there, each in range. A changed copy, `{ ...settings, x }`, is not. */
export type ParsedSettings = AnySettings & Checked;

function fieldSchema(field: SettingField): z.ZodType {
  switch (field.type) {
    case 'int':
      return z.number().int().min(field.min).max(field.max).default(field.default);
    case 'real':
      return z.number().min(field.min).max(field.max).default(field.default);
    case 'toggle':
      return z.boolean().default(field.default);
    case 'choice':
      return z.enum(field.options as [string, ...string[]]).default(field.default);
    case 'widths':
      return z
        .array(z.number().int().min(field.min).max(field.max))
        .min(1)
        .max(field.maxLayers)
        .default([...field.default]);
    default:
      return field satisfies never;
  }
}

/**
 * A strict zod object: unknown keys are rejected, missing keys take their default.
 *
 * The cast: zod reads a type off a shape that is written out, and this shape is computed; only the fields know it.
 */
export function settingsSchema<F extends SettingFields>(fields: F): z.ZodType<SettingsOf<F> & AnySettings> {
  type Schema = z.ZodType<SettingsOf<F> & AnySettings>;
  const known = schemas.get(fields);
  if (known) return known as Schema;
  const made = z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
  );
  schemas.set(fields, made);
  // Entries of an object lose which name has which field: its type says what they are, and the schema checks it.
  return made as unknown as Schema;
}

/** Of each model's fields: making one takes many times as long as checking with it. */
const schemas = new Map<SettingFields, z.ZodType>();

/** Every setting at its default. */
export function defaultSettings(fields: SettingFields): AnySettings {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
}

/**
 * What a field's value may be where nothing but the model limits it: choices, least values, and the greatest of a share or rate. The
 * greatest size or count is a page's, not the model's.
 */
export function limitsOf(fields: SettingFields): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): (readonly [string, object])[] => {
      switch (field.type) {
        case 'choice':
          return [[name, { options: field.options }]];
        case 'int':
          return [[name, { whole: true, min: field.min }]];
        case 'real': {
          const bounded = field.scale !== 'log' && field.max <= 1;
          return [[name, { min: field.min, ...(bounded && { max: field.max }) }]];
        }
        case 'widths':
          return [[name, { min: field.min }]];
        case 'toggle':
          return [];
        default:
          return field satisfies never;
      }
    }),
  );
}

/** Complete settings as they were stored: what came later stands as it was `before`. */
export function upgradeSettings(fields: SettingFields, stored: AnySettings): AnySettings {
  const missing = Object.entries(fields).flatMap(([name, { before }]) =>
    before === undefined || name in stored ? [] : [[name, before] as const],
  );
  return missing.length === 0 ? stored : { ...stored, ...Object.fromEntries(missing) };
}

/**
 * Settings filled in from the defaults and checked.
 *
 * @throws RangeError with one sentence that names the setting and what it may be.
 */
export function parseSettings<F extends SettingFields>(
  fields: F,
  given: AnySettings,
): SettingsOf<F> & AnySettings {
  const parsed = settingsSchema(fields).safeParse(given);
  if (parsed.success) return parsed.data;
  const unknown = Object.keys(given).filter((name) => !(name in fields));
  if (unknown.length > 0) {
    throw new RangeError(
      `There is no setting "${listed(unknown, 100)}"; there are ${listed(Object.keys(fields))}.`,
    );
  }
  const name = String(parsed.error.issues[0]?.path[0]);
  const field = fields[name];
  throw new RangeError(
    `Setting "${name}" cannot be ${shortened(JSON.stringify(given[name]))}; it must be ${field ? describeField(field) : 'known'}.`,
  );
}

function describeField(field: SettingField): string {
  switch (field.type) {
    case 'int':
      return `a whole number from ${field.min} to ${field.max}`;
    case 'real':
      return `a number from ${field.min} to ${field.max}`;
    case 'toggle':
      return 'true or false';
    case 'choice':
      return `one of ${listed(field.options)}`;
    case 'widths':
      return `1 to ${field.maxLayers} whole numbers from ${field.min} to ${field.max}`;
    default:
      return field satisfies never;
  }
}

/** Which model under which settings a study's variant is: a model as it comes, or a row of its paper's tables. */
import { findModel } from '../../models/registry';
import { presetSettings } from '../../training/setup';
import type { AnySettings } from '../../models/settings';
import { settingsKey } from '../setups';

/** On what terms all variants of a study are trained. */
export const STUDY_PRESET = 'comparable';

export interface NamedVariant {
  /** `causalint`, `causalint:without-orth`: what claims name. */
  readonly id: string;
  readonly name: string;
  readonly model: string;
  /** Over the preset. */
  readonly settings: AnySettings;
  /** Trains nothing of its own: the same runs with every test row scored on the first place. */
  readonly scored?: 'do(slot)';
}

type Own = Omit<NamedVariant, 'model'>;

/** What studies train or score beside models and the rows of the papers' tables. */
const OWN: Readonly<Record<string, readonly Own[]>> = {
  mix: [
    { id: 'mix:do-slot', name: 'Mix, every row on one place (do(slot))', settings: {}, scored: 'do(slot)' },
  ],
  'wide-deep': [{ id: 'wide-deep:own', name: 'Wide & Deep, one a scenario', settings: { trained: 'own' } }],
  pnn: [{ id: 'pnn:own', name: 'PNN, one a scenario', settings: { trained: 'own' } }],
  din: [{ id: 'din:own', name: 'DIN, one a scenario', settings: { trained: 'own' } }],
  ple: [
    { id: 'ple:cgc', name: 'CGC (PLE with one level)', settings: { levels: 1 } },
    { id: 'ple:two-levels', name: 'PLE with two levels', settings: { levels: 2 } },
  ],
};

/** Letters, digits and hyphens, without the model's own name before it. */
function slug(model: string, text: string): string {
  const words = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\bw\/o\b/g, 'without')
    .replace(/\bw\/ /g, 'with ')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return words.startsWith(`${model}-`) ? words.slice(model.length + 1) : words;
}

/** Settings that a row ends up with, as one text. */
function trainedAs(model: string, settings: AnySettings): string {
  return settingsKey({ ...presetSettings(model, STUDY_PRESET), ...settings });
}

const known = new Map<string, readonly NamedVariant[]>();

/** Every variant of a model, itself first. Rows of several tables that come to the same settings are one variant. */
export function variantsOf(model: string): readonly NamedVariant[] {
  const made = known.get(model) ?? madeVariants(model);
  known.set(model, made);
  return made;
}

function madeVariants(model: string): readonly NamedVariant[] {
  const { title, variants } = findModel(model);
  const found: NamedVariant[] = [{ id: model, name: title, model, settings: {} }];
  const seen = new Set([trainedAs(model, {})]);
  for (const { name, table, settings } of variants) {
    const key = trainedAs(model, settings);
    if (seen.has(key)) continue;
    seen.add(key);
    const short = `${model}:${slug(model, name)}`;
    const id = found.some((one) => one.id === short) ? `${model}:${slug(model, `${table} ${name}`)}` : short;
    found.push({ id, name: `${title}: ${name}`, model, settings });
  }
  return [...found, ...(OWN[model] ?? []).map((own) => ({ ...own, model }))];
}

/** A variant by its id. @throws RangeError naming what the model has */
export function findVariant(id: string): NamedVariant {
  const [model = ''] = id.split(':');
  const all = variantsOf(model);
  const found = all.find((one) => one.id === id);
  if (found) return found;
  throw new RangeError(`There is no variant "${id}"; known: ${all.map((one) => one.id).join(', ')}.`);
}

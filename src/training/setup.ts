/**
 * A run's set-up as text: the address bar and the command line speak the same names. Everything that is read is validated
 * and clamped, with one sentence for each thing that could not be taken as given.
 */
import { shortened } from '../data/shortened';
import { findModel, models } from '../models/registry';
import { defaultSettings, sameValue } from '../models/settings';
import { backends, parseSetup } from './parseSetup';
import { trainingFields } from './settings';
import { usualDatasetId } from './simulatedId';
import type { PresetName } from '../models/definition';
import type { AnySettings, SettingField, SettingFields, SettingValue } from '../models/settings';
import type { ParsedSetup } from './parseSetup';
import type { RunSetup } from './runRecord';
import type { TrainingSettings } from './settings';

export const presetNames = [
  'paper',
  'browser',
  'tiny',
  'comparable',
] as const satisfies readonly PresetName[];

const DEFAULT_MODEL = 'mmoe';
const DEFAULT_DATASET = 'aliccp-3';
const DEFAULT_SEED = 1;
const LARGEST_SEED = 0x7fffffff;

/** Names of a set-up that are neither a model's nor training's. */
export const reservedNames = ['model', 'dataset', 'seed', 'backend', 'preset'] as const;

/** A model's settings under a preset, defaults filled in. @throws RangeError for an unknown model */
export function presetSettings(model: string, preset: PresetName): AnySettings {
  const definition = findModel(model);
  return { ...defaultSettings(definition.fields), ...definition.presets[preset] };
}

export function defaultTraining(): TrainingSettings {
  return defaultSettings(trainingFields) as TrainingSettings;
}

/** Training under a model's preset: what the paper prints, or a comparison's budget; defaults where nothing is said. */
export function presetTraining(model: string, preset: PresetName): TrainingSettings {
  return { ...defaultTraining(), ...findModel(model).presetTraining[preset] };
}

/** A model under a preset. */
interface Standards {
  readonly model: string;
  readonly preset: PresetName;
}

/** Training where another model or preset is chosen: what stood as the old one had it is as the new one has it, what a person set stays. */
export function trainingUnder(training: TrainingSettings, from: Standards, to: Standards): TrainingSettings {
  const before: AnySettings = presetTraining(from.model, from.preset);
  const after: AnySettings = presetTraining(to.model, to.preset);
  const moved = Object.entries<SettingValue>(training).map(([name, value]) => [
    name,
    sameValue(value, before[name]) ? after[name] : value,
  ]);
  return Object.fromEntries(moved) as TrainingSettings;
}

export function defaultSetup(): ParsedSetup {
  const model = models.some(({ id }) => id === DEFAULT_MODEL) ? DEFAULT_MODEL : models[0]!.id;
  return parseSetup({
    model,
    settings: presetSettings(model, 'browser'),
    training: defaultTraining(),
    dataset: DEFAULT_DATASET,
    seed: DEFAULT_SEED,
    backend: 'auto',
  });
}

/** What a visitor trains who asked for nothing: scenarios that disagree, learned within seconds, below a known ceiling. */
export function firstSetup(): ParsedSetup {
  return parseSetup({ ...defaultSetup(), dataset: 'conflict-4' });
}

/** What a text says of a setting. */
export interface ReadSetting {
  readonly value: SettingValue;
  /** One sentence where the text was not taken as it is. */
  readonly problem: string | null;
}

function readNumber(
  name: string,
  field: Extract<SettingField, { min: number; default: number }>,
  text: string,
): ReadSetting {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) {
    return {
      value: field.default,
      problem: `${name} must be a number, not "${shortened(text)}"; ${field.default} is used.`,
    };
  }
  const whole = field.type === 'int' ? Math.round(number) : number;
  const value = Math.min(Math.max(whole, field.min), field.max);
  if (value === number) return { value, problem: null };
  return {
    value,
    problem:
      value === whole
        ? `${name} must be a whole number; ${value} is used.`
        : `${name} must lie between ${field.min} and ${field.max}; ${value} is used.`,
  };
}

function readToggle(
  name: string,
  field: Extract<SettingField, { type: 'toggle' }>,
  text: string,
): ReadSetting {
  if (['on', 'true', '1', 'yes'].includes(text.toLowerCase())) return { value: true, problem: null };
  if (['off', 'false', '0', 'no'].includes(text.toLowerCase())) return { value: false, problem: null };
  return {
    value: field.default,
    problem: `${name} must be on or off, not "${shortened(text)}"; ${field.default ? 'on' : 'off'} is used.`,
  };
}

function readWidths(
  name: string,
  field: Extract<SettingField, { type: 'widths' }>,
  text: string,
): ReadSetting {
  const given = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (given.some((width) => !Number.isFinite(width))) {
    return {
      value: field.default,
      problem: `${name} must be widths such as ${field.default.join(',')}, not "${shortened(text)}"; ${field.default.join(',')} is used.`,
    };
  }
  const value = given
    .slice(0, field.maxLayers)
    .map((width) => Math.min(Math.max(Math.round(width), field.min), field.max));
  const same = value.length === given.length && value.every((width, i) => width === given[i]);
  return {
    value,
    problem: same
      ? null
      : `${name} takes at most ${field.maxLayers} whole widths between ${field.min} and ${field.max}; ${value.join(',')} is used.`,
  };
}

/** Reads one setting from text, clamped into its range; the default where the text means nothing. */
export function readSetting(name: string, field: SettingField, text: string): ReadSetting {
  switch (field.type) {
    case 'int':
    case 'real':
      return readNumber(name, field, text);
    case 'toggle':
      return readToggle(name, field, text);
    case 'widths':
      return readWidths(name, field, text);
    case 'choice':
      return field.options.includes(text)
        ? { value: text, problem: null }
        : {
            value: field.default,
            problem: `${name} must be one of ${field.options.join(', ')}, not "${shortened(text)}"; ${field.default} is used.`,
          };
    default:
      return field satisfies never;
  }
}

/** A setting as text that `readSetting` reads back to the same value. */
export function settingText(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.join(',') : String(value);
}

/** What parameters say of a run. */
export interface SetupFromParams {
  readonly setup: ParsedSetup;
  readonly preset: PresetName;
  readonly problems: readonly string[];
}

/** Reads settings of a schema out of parameters and crosses them off. */
function readFields(
  fields: SettingFields,
  defaults: AnySettings,
  params: URLSearchParams,
  left: Set<string>,
  problems: string[],
): AnySettings {
  const settings: Record<string, SettingValue> = { ...defaults };
  for (const [name, field] of Object.entries(fields)) {
    const text = params.get(name);
    if (text === null) continue;
    left.delete(name);
    // Where a text means nothing, what is used is what would be used without it.
    const { value, problem } = readSetting(name, { ...field, default: defaults[name] } as SettingField, text);
    settings[name] = value;
    if (problem) problems.push(problem);
  }
  return settings;
}

/** Unknown settings that are named one by one. */
const mostNamed = 5;

/** Reads a set-up out of parameters; what is not given is the default. Never throws: `problems` says what was not taken. */
export function setupFromParams(params: URLSearchParams): SetupFromParams {
  const problems: string[] = [];
  const left = new Set(params.keys());
  const readParam = (name: string): string | null => {
    left.delete(name);
    return params.get(name);
  };
  const start = defaultSetup();

  const askedModel = readParam('model');
  const known = models.some(({ id }) => id === askedModel);
  if (askedModel !== null && !known) {
    problems.push(`There is no model "${shortened(askedModel)}"; ${start.model} is used.`);
  }
  const model = known ? askedModel! : start.model;

  const askedPreset = readParam('preset');
  const preset = presetNames.find((name) => name === askedPreset) ?? 'browser';
  if (askedPreset !== null && askedPreset !== preset) {
    problems.push(`There is no preset "${shortened(askedPreset)}"; known: ${presetNames.join(', ')}.`);
  }

  const askedBackend = readParam('backend');
  const backend = backends.find((name) => name === askedBackend) ?? 'auto';
  if (askedBackend !== null && askedBackend !== backend) {
    problems.push(`There is no backend "${shortened(askedBackend)}"; known: ${backends.join(', ')}.`);
  }

  const askedDataset = readParam('dataset');
  const usable = askedDataset !== null && /^[^\s/\\?#&<>"']{1,120}$/u.test(askedDataset);
  if (askedDataset !== null && !usable) {
    problems.push(`"${shortened(askedDataset)}" cannot be a dataset’s id; ${start.dataset} is used.`);
  }

  const askedSeed = readParam('seed');
  let seed = start.seed;
  if (askedSeed !== null) {
    const number = askedSeed.trim() === '' ? Number.NaN : Number(askedSeed);
    if (Number.isInteger(number) && number >= 0 && number <= LARGEST_SEED) seed = number;
    else problems.push(`seed must be a whole number from 0 to ${LARGEST_SEED}; ${seed} is used.`);
  }

  const standard = presetTraining(model, preset);
  const training = readFields(trainingFields, standard, params, left, problems) as TrainingSettings;
  const settings = readFields(findModel(model).fields, presetSettings(model, preset), params, left, problems);
  const unknown = [...left];
  const { title } = findModel(model);
  for (const name of unknown.slice(0, mostNamed))
    problems.push(`${title} has no setting "${shortened(name)}".`);
  if (unknown.length > mostNamed) {
    problems.push(
      `${title} has none of ${unknown.length - mostNamed} other settings that were asked for either.`,
    );
  }
  return {
    setup: parseSetup({
      model,
      settings,
      training,
      dataset: usable ? usualDatasetId(askedDataset) : start.dataset,
      seed,
      backend,
    }),
    preset,
    problems,
  };
}

/** The parameters that `setupFromParams` reads back to the same set-up: only what differs from defaults and preset. */
export function setupToParams(setup: RunSetup, preset: PresetName = 'browser'): URLSearchParams {
  const params = new URLSearchParams();
  const start = defaultSetup();
  const put = (name: string, value: SettingValue, usual: SettingValue | undefined): void => {
    const text = settingText(value);
    if (usual === undefined || text !== settingText(usual)) params.set(name, text);
  };
  put('model', setup.model, start.model);
  put('dataset', setup.dataset, start.dataset);
  put('seed', setup.seed, start.seed);
  put('backend', setup.backend, start.backend);
  put('preset', preset, 'browser');
  const standard = presetTraining(setup.model, preset);
  for (const [name, value] of Object.entries(setup.training) as [keyof TrainingSettings, SettingValue][]) {
    put(name, value, standard[name]);
  }
  const usual = presetSettings(setup.model, preset);
  for (const [name, value] of Object.entries(setup.settings)) put(name, value, usual[name]);
  return params;
}

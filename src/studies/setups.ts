/** What set-ups have in common and where they differ. */
import { findModel } from '../models/registry';
import type { AnySettings, SettingField, SettingFields, SettingValue } from '../models/settings';
import { trainingFields } from '../training/settings';
import type { RunSetup } from '../training/runRecord';
import { formatSetting } from './format';

/** Settings as one text, whatever their order. */
export function settingsKey(settings: AnySettings): string {
  return Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${formatSetting(value)}`)
    .join('&');
}

/** Everything of a set-up but its seed and backend, as one text. */
export function setupKey({ model, dataset, settings, training }: RunSetup): string {
  return JSON.stringify([model, dataset, settingsKey(settings), settingsKey({ ...training })]);
}

export interface SettingDifference {
  readonly name: string;
  readonly label: string;
  /** One value a set-up, as text. */
  readonly values: readonly string[];
}

/** Settings of a model; none where this version does not have the model. */
function fieldsOf(model: string): SettingFields {
  try {
    return findModel(model).fields;
  } catch {
    return {};
  }
}

function labelOf(fields: SettingFields, name: string): string {
  return fields[name]?.label ?? name;
}

/** A setting's value as the form writes it: of a choice its own words. */
export function valueText(field: SettingField | undefined, value: SettingValue): string {
  const label = field?.type === 'choice' ? field.optionLabels?.[String(value)] : undefined;
  return label ?? formatSetting(value);
}

/** What differs between set-ups, setting by setting; settings that only one model has are left to the model's name. */
export function settingDifferences(setups: readonly RunSetup[]): readonly SettingDifference[] {
  const [first] = setups;
  if (!first) return [];
  const found: SettingDifference[] = [];
  const add = (name: string, label: string, values: readonly string[]) => {
    if (new Set(values).size > 1) found.push({ name, label, values });
  };
  add(
    'model',
    'Model',
    setups.map((setup) => modelTitle(setup.model)),
  );
  add(
    'dataset',
    'Dataset',
    setups.map((setup) => setup.dataset),
  );
  const ofTraining: SettingFields = trainingFields;
  for (const name of Object.keys(ofTraining)) {
    const values = setups.map(({ training }): string => {
      const value = ({ ...training } as AnySettings)[name];
      return value === undefined ? '–' : valueText(ofTraining[name], value);
    });
    add(name, labelOf(trainingFields, name), values);
  }
  const names = new Set(setups.flatMap((setup) => Object.keys(setup.settings)));
  const fields = fieldsOf(first.model);
  for (const name of names) {
    const values = setups.flatMap(({ settings }) => {
      const value = settings[name];
      return value === undefined ? [] : [valueText(fields[name], value)];
    });
    if (values.length === setups.length) add(name, labelOf(fields, name), values);
  }
  return found;
}

/** The title of a model; its id where this version does not have it. */
export function modelTitle(model: string): string {
  try {
    return findModel(model).title;
  } catch {
    return model;
  }
}

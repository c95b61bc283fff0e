/**
 * The terms of a comparison: one table for all models, so that no row wins by its width, its normalisation or its budget. What a model
 * alone has (how many experts, how often masks are searched) is that of its `browser` preset.
 */
import type { AnySettings, SettingField, SettingFields, SettingValue } from './settings';

/** Hidden layers by the part that they stand in; a part of one layer has the first. */
const widths = {
  /** A network that a model has one of (or one a scenario). */
  network: [128, 64],
  /** One of several that are mixed. */
  expert: [128],
  /** An expert whose last width sets the size of generated matrices, a row's own: they grow with its square. */
  view: [128, 32],
  /** What a scenario has on top of what it shares. */
  tower: [64],
  /** Small networks at the side: gates, attention, adapters, biases. */
  side: [32],
} as const;

/** Which part the widths are of that a setting names. */
const roles: Readonly<Record<string, keyof typeof widths>> = {
  hidden: 'network',
  expertHidden: 'expert',
  baseHidden: 'expert',
  // Shared layers below towers.
  bottomHidden: 'expert',
  towerHidden: 'tower',
  predictorHidden: 'tower',
  adapterHidden: 'side',
  attentionHidden: 'side',
  auxiliaryHidden: 'side',
  biasHidden: 'side',
  gateHidden: 'side',
  gateWidth: 'side',
  hyperHidden: 'side',
  metaHidden: 'side',
  scenarioHidden: 'side',
  taskHidden: 'expert',
  knowledgeHidden: 'side',
  viewHidden: 'view',
};

const values: AnySettings = {
  embeddingDim: 16,
  dropout: 0,
  leakySlope: 0,
  batchNorm: 'off',
  // AREAD's hierarchy of six ReLU layers does not train where nothing is normalised (docs/decisions/aread.md).
  heiBatchNorm: true,
  priorBias: 'on',
  scenarioField: 'on',
  history: 'off',
  historyLength: 20,
  trained: 'all',
};

/** Training under equal terms; log loss chooses the best step, as in every study (docs/decisions/baselines.md). */
export const comparableTraining = {
  steps: 600,
  batch: 1024,
  learningRate: 1e-3,
  l2: 1e-5,
  evaluateEvery: 20,
  stopMetric: 'logLoss',
  patience: 10,
} as const;

/** What the table says of a setting; undefined where it leaves it to the model. */
export function comparableValue(name: string, field: SettingField): SettingValue | undefined {
  const role = roles[name];
  if (role && field.type === 'widths') return widths[role];
  if (role && field.type === 'int') return widths[role][0];
  return values[name];
}

/** Every setting of a schema that the table fixes. */
export function comparableSettings(fields: SettingFields): AnySettings {
  const found = Object.entries(fields).flatMap(([name, field]) => {
    const value = comparableValue(name, field);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

const half = (value: number): number => Math.max(1, Math.floor(value / 2));

/** The same terms at half of every width, the embedding's too: what a cause world of a few dozen people and items needs, in a third of the time. */
export function halfWidths(fields: SettingFields): AnySettings {
  const found = Object.entries(fields).flatMap(([name, field]): [string, SettingValue][] => {
    const value = roles[name] || name === 'embeddingDim' ? comparableValue(name, field) : undefined;
    if (typeof value === 'number') return [[name, half(value)]];
    if (Array.isArray(value)) return [[name, value.map(half)]];
    return [];
  });
  return Object.fromEntries(found);
}

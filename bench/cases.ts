/** What is timed: every registered model under a preset, and MMoE at the sizes that the project's limits speak of. */
import type { AnyModelDefinition, PresetName } from '../src/models/definition';
import { findModel, models } from '../src/models/registry';
import { defaultSettings, type AnySettings } from '../src/models/settings';

export interface BenchCase {
  readonly name: string;
  readonly definition: AnyModelDefinition;
  /** All of them, defaults filled in. */
  readonly settings: AnySettings;
}

/** 4 experts [256, 128], 3 towers [64], on 12 fields of 16. */
const LARGE = 'mmoe-large';
const large: AnySettings = {
  batchNorm: 'shared',
  numExperts: 4,
  expertHidden: [256, 128],
  towerHidden: [64],
};

export const caseNames: readonly string[] = [...models.map(({ id }) => id), LARGE];

/** @throws RangeError for an unknown name */
export function benchCase(name: string, preset: PresetName): BenchCase {
  const definition = findModel(name === LARGE ? 'mmoe' : name);
  const chosen = name === LARGE ? large : definition.presets[preset];
  return { name, definition, settings: { ...defaultSettings(definition.fields), ...chosen } };
}

/** Records as earlier versions stored them, read as they are written today. */
import { models } from '../models/registry';
import { upgradeSettings } from '../models/settings';
import type { AnySettings } from '../models/settings';
import { withTopics } from './storedProbes';
import type { StoredRecord } from './storedProbes';
import type { RunRecord, RunSetup } from './runRecord';

/** A model's complete settings as an earlier version stored them: a switch that came later stands as the model was without it. */
export function upgradeModelSettings(model: string, stored: AnySettings): AnySettings {
  const definition = models.find(({ id }) => id === model);
  // What is no settings at all is for the parser to refuse.
  return definition && typeof stored === 'object' ? upgradeSettings(definition.fields, stored) : stored;
}

/** A complete set-up as an earlier version stored it. */
export function upgradeSetup(stored: RunSetup): RunSetup {
  return { ...stored, settings: upgradeModelSettings(stored.model, stored.settings) };
}

/** Every record that comes from storage, from a file or from a checkpoint passes here. */
export function upgradeRecord(stored: StoredRecord): RunRecord {
  return { ...withTopics(stored), setup: upgradeSetup(stored.setup) };
}

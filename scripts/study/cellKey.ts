/** What a kept cell is named by. */
import { createHash } from 'node:crypto';
import { findModel } from '../../src/models/registry';
import { sameValue } from '../../src/models/settings';
import type { RunSetup } from '../../src/training/runRecord';

/**
 * The set-up without settings that came after cells were kept and that change nothing as they stand: cells from before are found by it.
 * Such a setting's default says what was `before`.
 */
function asKept(setup: RunSetup): RunSetup {
  const { fields } = findModel(setup.model);
  const kept = Object.entries(setup.settings).filter(([name, value]) => {
    const field = fields[name];
    const came = field?.before !== undefined && sameValue(field.before, field.default);
    return !(came && sameValue(value, field.before));
  });
  return { ...setup, settings: Object.fromEntries(kept) };
}

/** @param format of the figures that a cell keeps, by name and number */
export function cellKey(
  format: Readonly<Record<string, number>>,
  setup: RunSetup,
  fingerprint: string,
): string {
  const key = JSON.stringify({ ...format, setup: asKept(setup), fingerprint });
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

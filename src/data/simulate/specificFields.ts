import { signalName } from './fields';
import { worldOfDataset } from './settings';
import { signalCounts } from './signals';
import type { Dataset } from '../dataset';

/** A context field that the simulator lets count in some scenarios only. */
export interface SpecificField {
  readonly name: string;
  /** Whether it counts, by scenario `[N]`. */
  readonly counts: readonly boolean[];
}

/** The fields that may count in one scenario each (`signals.specific`); at dose 0 none counts anywhere. Empty where the data has none. */
export function specificFieldsOf({ source }: Pick<Dataset, 'source'>): readonly SpecificField[] {
  if (source.kind !== 'simulated') return [];
  const { signals, twin, knobs } = worldOfDataset(source).world;
  if (!signals) return [];
  return Array.from({ length: signals.specific }, (_, f) => ({
    name: signalName(f),
    counts: twin.scenarios.map((_scenario, s) => knobs.specificFields > 0 && signalCounts(signals, f, s)),
  }));
}

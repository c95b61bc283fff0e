/** An ablation as it was asked for: which rows over which seeds, and the runs that they became. */
import { upgradeModelSettings, upgradeSetup } from '../../training/storedRecord';
import type { AnySettings } from '../../models/settings';
import type { RunSetup } from '../../training/runRecord';
import type { RunMetrics } from '../columns';

export interface AblationRow {
  readonly name: string;
  readonly table: string | null;
  /** All settings of the model. */
  readonly settings: AnySettings;
}

export interface Ablation {
  /** Also the batch of its items in the queue; item `k` is row `k % rows` at seed `floor(k / rows)`. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** The run that was ablated; its seed is the first. */
  readonly base: RunSetup;
  readonly seeds: readonly number[];
  readonly rows: readonly AblationRow[];
  /** Run of each item, null until it is done. */
  readonly runs: readonly (string | null)[];
}

/** What a table of many runs needs of each, without their histories. */
export interface FinalMetrics extends RunMetrics {
  readonly datasetTitle: string;
}

/** What an ablation needs to know of an item of the queue. */
interface QueuedRun {
  readonly id: string;
  /** The ablation that it belongs to, or another batch. */
  readonly batch: string;
  readonly state: string;
  readonly run: string | null;
}

function isAblation(value: unknown): value is Ablation {
  const one = value as Partial<Ablation> | null;
  return (
    typeof one === 'object' &&
    one !== null &&
    typeof one.id === 'string' &&
    typeof one.name === 'string' &&
    typeof one.base === 'object' &&
    Array.isArray(one.seeds) &&
    Array.isArray(one.rows) &&
    Array.isArray(one.runs) &&
    one.runs.length === one.seeds.length * one.rows.length
  );
}

function upgraded(ablation: Ablation): Ablation {
  const { base, rows } = ablation;
  return {
    ...ablation,
    base: upgradeSetup(base),
    rows: rows.map((row) => ({ ...row, settings: upgradeModelSettings(base.model, row.settings) })),
  };
}

/** What was kept; entries that cannot be read are left out. */
export function restoredAblations(text: string | null): readonly Ablation[] {
  if (text === null) return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isAblation).map(upgraded) : [];
  } catch {
    return []; // not ours, or cut short: the runs themselves do not depend on it
  }
}

/** The ablations with the runs that the queue has finished since. The same object where nothing is new. */
export function withRuns(kept: readonly Ablation[], items: readonly QueuedRun[]): readonly Ablation[] {
  let changed = false;
  const next = kept.map((ablation) => {
    const done = new Map(
      items.flatMap((item) =>
        item.batch === ablation.id && item.state === 'done' && item.run !== null
          ? [[item.id, item.run] as const]
          : [],
      ),
    );
    if (done.size === 0) return ablation;
    const runs = ablation.runs.map((run, k) => done.get(`${ablation.id}/${k}`) ?? run);
    if (runs.every((run, k) => run === ablation.runs[k])) return ablation;
    changed = true;
    return { ...ablation, runs };
  });
  return changed ? next : kept;
}

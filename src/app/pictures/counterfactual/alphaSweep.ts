/** α as a sweep of retrained runs: which set-ups, and which kept runs belong to it. */
import type { AnySettings } from '../../../models/settings';
import { parseSetup } from '../../../training/parseSetup';
import type { RunSetup } from '../../../training/runRecord';
import type { RunSummary } from '../../../workers/protocol';
import { sameValue } from '../../../models/settings';

/** Settings that a sweep over α leaves free: α itself, and c, which no training sees. */
const FREE = new Set(['alpha', 'c', 'cMode']);

/** The values of α in a text such as "0, 0.1 1"; ascending, once each; null where one is no number of 0 … 5. */
export function parseAlphas(text: string): number[] | null {
  const values = text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(Number);
  if (values.length === 0 || values.some((value) => !(value >= 0 && value <= 5))) return null;
  return [...new Set(values)].sort((a, b) => a - b);
}

export function alphaRuns(setup: RunSetup, title: string, alphas: readonly number[]) {
  return alphas.map((alpha) => ({
    name: `${title} α = ${alpha}, seed ${setup.seed}`,
    setup: parseSetup({ ...setup, settings: { ...setup.settings, alpha } }),
  }));
}

/** Same model, data, seed, training and settings but for what the sweep leaves free. */
export function inSweep(setup: RunSetup, other: RunSetup): boolean {
  const same = (['model', 'dataset', 'seed'] as const).every((key) => setup[key] === other[key]);
  return (
    same &&
    sameBut(FREE, setup.settings, other.settings) &&
    sameBut(new Set(), { ...setup.training }, { ...other.training })
  );
}

function sameBut(free: ReadonlySet<string>, a: AnySettings, b: AnySettings): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => free.has(name) || sameValue(a[name], b[name]),
  );
}

/** Finished kept runs of the sweep by α, the newest of each. */
export function sweepOf(
  setup: RunSetup,
  runs: readonly RunSummary[],
): readonly (RunSummary & { readonly alpha: number })[] {
  const byAlpha = new Map<number, RunSummary>();
  for (const run of runs) {
    const alpha = run.setup.settings['alpha'];
    if (typeof alpha !== 'number' || (run.status !== 'done' && run.status !== 'stopped')) continue;
    if (!inSweep(setup, run.setup)) continue;
    const known = byAlpha.get(alpha);
    if (!known || known.createdAt < run.createdAt) byAlpha.set(alpha, run);
  }
  return [...byAlpha].sort(([a], [b]) => a - b).map(([alpha, run]) => ({ ...run, alpha }));
}

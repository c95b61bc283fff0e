/** What a kept thing means, in plain values: what must be read back whatever shape the code holds it in. */
import type { Kept } from './doors';

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(6));

const sum = (values: ArrayLike<number>): number | null =>
  rounded(Array.from(values).reduce((total, value) => total + value, 0));

/** Settings, names, metrics and probes of a run. */
export function meaningOf(run: Kept) {
  const { setup, final } = run;
  return {
    id: run.id,
    name: run.name,
    status: run.status,
    step: run.step,
    bestStep: run.bestStep,
    setup,
    dataset: { title: run.datasetTitle, fingerprint: run.datasetFingerprint },
    scenarios: run.scenarios.map(({ id, name, share }) => ({ id, name, share })),
    fields: run.fields,
    relatedness: run.relatedness && sum(run.relatedness),
    final: final && {
      overall: rounded(final.overall.auc),
      domainAuc: rounded(final.domainAuc),
      scenarios: final.scenarios.map(({ rows, auc, logLoss }) => ({
        rows,
        auc: rounded(auc),
        logLoss: rounded(logLoss),
      })),
    },
    ceilings: run.ceilings?.scenarios.map(rounded) ?? null,
    history: run.history.map(({ step, metrics }) => ({ step, domainAuc: rounded(metrics.domainAuc) })),
    losses: run.losses.map(({ step, terms }) => ({
      step,
      terms: Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, rounded(value)])),
    })),
    offered: run.probeSpecs.map(({ name, topic, title, reading, equation }) => ({
      name,
      topic,
      title,
      reading,
      equation,
    })),
    probes: run.probes.map(({ step, probes }) => ({
      step,
      probes: probes.map(({ name, shape, values, defined }) => ({
        name,
        shape,
        sum: sum(values),
        defined: sum(defined),
      })),
    })),
    representation:
      run.representation?.vectors.map(({ name, rows, slots, dim, codes }) => ({
        name,
        rows,
        slots,
        dim,
        sum: sum(codes),
      })) ?? null,
  };
}

/** Records of `lab list --json` whose keys are names of settings and presets. */
export const NAMED = [
  'models[].settings',
  'models[].presets',
  'models[].presets.*',
  'models[].variants[].settings',
  'training',
];

/**
 * A JSON value's outline: the kinds that stand at each path. Items of a list share one path, and so do the values of the
 * records at the paths `named`, whose keys are names.
 */
export function outlineOf(value: unknown, named: readonly string[] = []): Record<string, string> {
  const kinds: Record<string, string> = {};
  const visit = (node: unknown, path: string): void => {
    const kind = node === null ? 'null' : Array.isArray(node) ? 'list' : typeof node;
    const known = kinds[path]?.split('|') ?? [];
    if (!known.includes(kind)) kinds[path] = [...known, kind].sort().join('|');
    if (Array.isArray(node)) for (const item of node) visit(item, `${path}[]`);
    else if (typeof node === 'object' && node !== null)
      for (const [key, item] of Object.entries(node))
        visit(item, `${path}${path === '' ? '' : '.'}${named.includes(path) ? '*' : key}`);
  };
  visit(value, '');
  return kinds;
}

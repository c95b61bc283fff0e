/** What a run from a file must be, so that every picture can draw it; what is not known of it is dropped. */
import { z } from '../../data/zod';
import { nameAllEdges } from '../../models/papers/aread/maskReading';
import type { Metrics } from '../metrics/types';
import type { StoredRecord } from '../storedProbes';

/** JSON has no NaN: a figure that diverged was written as null. */
const figure = z.number().nullable();
const count = z.number().nonnegative();
const step = z.int().nonnegative();
const size = z
  .int()
  .nonnegative()
  .max(2 ** 31);
const floats = z.instanceof(Float32Array);
const bytes = z.instanceof(Uint8Array);

const scenarioMetrics = z.object({
  rows: count,
  positives: count,
  auc: figure,
  noiseFreeAuc: figure,
  interestAuc: figure,
  logLoss: figure,
  calibration: figure,
});
const metrics = z.object({
  scenarios: z.array(scenarioMetrics),
  overall: scenarioMetrics,
  domainAuc: figure,
  domainNoiseFreeAuc: figure,
  major5Auc: figure,
  minor10Auc: figure,
  minor5Auc: figure,
});

const range = z.object({ min: z.number(), max: z.number() });
const spacing = z.object({ seen: size, stride: z.int().positive() });

const axis = z.object({
  name: z.enum([
    'scenario',
    'otherScenario',
    'cluster',
    'expert',
    'field',
    'layer',
    'part',
    'head',
    'position',
    'edge',
    'unit',
    'bin',
    'item',
    'candidate',
    'row',
  ]),
  labels: z.array(z.string()).optional(),
});
const probeSpec = z.object({
  name: z.string().min(1),
  topic: z.string().optional(),
  /** Before probes had topics they named the tab that showed them. */
  tab: z.string().optional(),
  title: z.string(),
  reading: z.string(),
  equation: z.string(),
  axes: z.array(axis),
  scale: z.enum(['share', 'signed', 'value', 'probability']),
  quantity: z.string().optional(),
  source: z.enum(['procedure', 'rows']).optional(),
});
const probeValue = z.object({ name: z.string(), shape: z.array(size), values: floats, defined: bytes });

const sample = z.object({
  step,
  split: z.enum(['train', 'validation', 'test']),
  rows: z.instanceof(Int32Array),
  scenario: z.instanceof(Uint16Array),
  label: floats,
  truth: floats.nullable(),
  probability: floats,
  vectors: z.array(
    z.object({
      name: z.string(),
      rows: size,
      slots: z.int().positive(),
      dim: z.int().positive(),
      codes: z.instanceof(Uint16Array),
      low: floats,
      step: floats,
    }),
  ),
});

export const recordSchema = z.object({
  format: z.literal('scenarium-run/1'),
  id: z.string().min(1).max(200),
  name: z.string(),
  createdAt: z.string(),
  status: z.enum(['running', 'paused', 'done', 'stopped', 'failed', 'interrupted']),
  failure: z.string().nullable(),
  // Its values are checked against the model's own settings afterwards.
  setup: z.looseObject({
    model: z.string(),
    settings: z.record(z.string(), z.unknown()),
    training: z.looseObject({ steps: z.number(), batch: z.number() }),
    dataset: z.string(),
    seed: z.number(),
    backend: z.string(),
  }),
  datasetTitle: z.string(),
  datasetFingerprint: z.string(),
  scenarios: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      group: z.string().nullable(),
      share: z.number(),
      clickRate: z.number(),
    }),
  ),
  fields: z.array(z.string()),
  relatedness: floats.nullable(),
  backend: z
    .object({
      name: z.enum(['webgpu', 'wasm', 'cpu']),
      adapter: z.string().nullable(),
      software: z.boolean(),
      threads: z.int().positive(),
      simd: z.boolean(),
      wide: z.boolean().optional(),
      reason: z.string(),
    })
    .nullable(),
  versions: z.record(z.string(), z.string()),
  step,
  ceilings: z.object({ scenarios: z.array(figure), overall: figure, domain: figure }).nullable(),
  history: z.array(z.object({ step, metrics })),
  losses: z.array(
    z.object({
      step,
      terms: z.record(
        z.string(),
        figure.transform((value) => value ?? NaN),
      ),
    }),
  ),
  probeSpecs: z.array(probeSpec),
  probes: z.array(z.object({ step, probes: z.array(probeValue) })),
  representation: sample.nullable().optional(),
  final: metrics.nullable(),
  bestStep: step.nullable(),
  truth: z
    .record(z.string(), z.object({ overall: figure, mean: figure, scenarios: z.array(figure) }))
    .nullable()
    .optional(),
  timings: z.object({
    firstStep: figure,
    training: z.number(),
    evaluation: z.number(),
    step: figure,
    inference: z.number().optional(),
  }),
  doneReason: z.enum(['steps', 'early-stop', 'stopped']).nullable().optional(),
  parameters: z.number().nullable().optional(),
  thinning: z
    .object({
      history: spacing,
      losses: spacing,
      probes: z.record(z.string(), spacing),
      ranges: z.object({
        noiseFree: range.nullable(),
        drawn: range.nullable(),
        losses: z.record(z.string(), range),
      }),
    })
    .optional(),
});

/** Where parts of a record do not fit each other (a path in it); null where all do. */
export function misfit(record: StoredRecord): string | null {
  const n = record.scenarios.length;
  const wrongMetrics = ({ scenarios }: Metrics): boolean => scenarios.length !== n;
  if (n > 0 && record.relatedness && record.relatedness.length !== n * n) return 'relatedness';
  if (record.ceilings && record.ceilings.scenarios.length !== n) return 'ceilings.scenarios';
  const at = record.history.findIndex((point) => wrongMetrics(point.metrics));
  if (at >= 0) return `history.${at}.metrics.scenarios`;
  if (record.final && wrongMetrics(record.final)) return 'final.scenarios';
  for (const [name, { scenarios }] of Object.entries(record.truth ?? {}))
    if (scenarios.length !== 0 && scenarios.length !== n) return `truth.${name}.scenarios`;
  return misfitOfProbes(record) ?? misfitOfSample(record);
}

function misfitOfProbes({ probeSpecs, probes, scenarios }: StoredRecord): string | null {
  const specs = new Map(probeSpecs.map((spec) => [spec.name, spec]));
  if (specs.size !== probeSpecs.length) return 'probeSpecs';
  for (const [k, spec] of probeSpecs.entries()) {
    if (!('topic' in spec && spec.topic) && !('tab' in spec && spec.tab)) return `probeSpecs.${k}.topic`;
    // Pictures of masks read how many experts a layer has from the names of edges.
    if (spec.name === 'masks' && !nameAllEdges(spec.axes[1]?.labels ?? []))
      return `probeSpecs.${k}.axes.1.labels`;
  }
  for (const [p, { probes: values }] of probes.entries()) {
    for (const [k, value] of values.entries()) {
      const place = `probes.${p}.probes.${k}`;
      const cells = value.shape.reduce((all, length) => all * length, 1);
      if (cells !== value.values.length || cells !== value.defined.length) return `${place}.shape`;
      const spec = specs.get(value.name);
      if (!spec) continue;
      if (spec.axes.length !== value.shape.length) return `${place}.shape`;
      const wrong = spec.axes.some(({ name, labels }, axis) => {
        const length = value.shape[axis];
        // Other scenarios may be a pool of them, which its labels name.
        const every = name === 'scenario' || (name === 'otherScenario' && !labels);
        return (every && length !== scenarios.length) || (labels && labels.length !== length);
      });
      if (wrong) return `${place}.shape`;
    }
  }
  return null;
}

function misfitOfSample({ representation, scenarios }: StoredRecord): string | null {
  if (!representation) return null;
  const { rows, scenario, label, truth, probability, vectors } = representation;
  const beside = [scenario, label, probability, ...(truth ? [truth] : [])];
  if (beside.some((column) => column.length !== rows.length)) return 'representation.rows';
  if (scenario.some((s) => s >= scenarios.length)) return 'representation.scenario';
  const at = vectors.findIndex(
    (one) =>
      one.rows > rows.length ||
      one.codes.length !== one.rows * one.slots * one.dim ||
      one.low.length !== one.dim ||
      one.step.length !== one.dim,
  );
  return at < 0 ? null : `representation.vectors.${at}`;
}

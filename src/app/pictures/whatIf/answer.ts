/** What is drawn of one row's answer: numbers by name, nearest rows. Plain data in, plain data out. */
import type { ProbeSpec } from '../../../models/definition';
import { squaredDistance } from '../../../training/representation/points';
import { pointsOf } from '../../../training/representation/sample';
import type { RepresentationSample, WhatIf } from '../../../workers/protocol';
import type { RunView } from '../../store/runView';

/** Numbers of one thing in the model, e.g. the gate of a scenario. */
export interface InsideGroup {
  readonly id: string;
  readonly title: string;
  readonly bars: readonly { readonly name: string; readonly value: number | null }[];
}

type Labels = Pick<RunView, 'scenarios' | 'fields'>;

/** `matchScore` → `match score`. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}

function axisLabel(
  axis: ProbeSpec['axes'][number] | undefined,
  k: number,
  { scenarios, fields }: Labels,
): string {
  if (axis?.name === 'scenario' || axis?.name === 'otherScenario') return scenarios[k]?.name ?? String(k + 1);
  if (axis?.labels?.[k] !== undefined) return axis.labels[k];
  if (axis?.name === 'field') return fields[k] ?? String(k + 1);
  return `${axis?.name === 'position' ? 'behaviour' : (axis?.name ?? 'part')} ${k + 1}`;
}

/**
 * Every probe of the row: where scenarios stand first, the row's own line. What one row says nothing of is left out: what does
 * not depend on its scenario, gradients of training, histograms.
 */
function probeGroups(answer: WhatIf, specs: readonly ProbeSpec[], labels: Labels): readonly InsideGroup[] {
  return answer.probes.flatMap(({ name, shape, values, defined }) => {
    const spec = specs.find((one) => one.name === name);
    if (!spec || spec.axes[0]?.name !== 'scenario' || shape.length < 2) return [];
    if (spec.topic === 'conflict' || spec.axes.some((axis) => axis.name === 'bin')) return [];
    const rest = shape.slice(1);
    const size = rest.reduce((product, n) => product * n, 1);
    const from = answer.scenario * size;
    const bars = Array.from({ length: size }, (_, cell) => {
      const names: string[] = [];
      for (let axis = rest.length - 1, left = cell; axis >= 0; axis--) {
        const n = rest[axis] ?? 1;
        names.unshift(axisLabel(spec.axes[axis + 1], left % n, labels));
        left = Math.floor(left / n);
      }
      return {
        name: names.join(', '),
        value: defined[from + cell] === 1 ? (values[from + cell] ?? null) : null,
      };
    });
    return bars.every(({ value }) => value === null) ? [] : [{ id: name, title: spec.title, bars }];
  });
}

/** Columns beside the score: a vote or a gate for every scenario, or single numbers. */
function columnGroups(answer: WhatIf, labels: Labels): readonly InsideGroup[] {
  return Object.entries(answer.columns).map(([name, values]) => ({
    id: name,
    title: words(name),
    bars: Array.from(values, (value, k) => ({
      name:
        values.length === 1
          ? words(name)
          : values.length === labels.scenarios.length
            ? (labels.scenarios[k]?.name ?? String(k + 1))
            : String(k + 1),
      value: Number.isFinite(value) ? value : null,
    })),
  }));
}

/** All numbers of the row's inside, what the model keeps beside its score first. */
export function insideGroups(
  answer: WhatIf,
  specs: readonly ProbeSpec[],
  labels: Labels,
): readonly InsideGroup[] {
  const probes = probeGroups(answer, specs, labels);
  // A column that a probe shows by its own title is not said twice.
  const said = (one: InsideGroup): boolean =>
    probes.some(
      ({ bars }) =>
        bars.length === one.bars.length &&
        bars.every(({ value }, k) => Math.abs((value ?? 0) - (one.bars[k]?.value ?? 0)) < 1e-5),
    );
  return [...columnGroups(answer, labels).filter((group) => !said(group)), ...probes];
}

export interface NearRow {
  readonly row: number;
  readonly scenario: number;
  readonly label: number;
  readonly truth: number | null;
  readonly probability: number;
  readonly distance: number;
}

/**
 * The kept rows whose hidden vectors lie nearest to the row's, nearest first, without the row itself; the deepest
 * representation that both have. Null where there is none.
 */
export function nearestRows(
  answer: WhatIf,
  sample: RepresentationSample | null,
  scenarios: number,
  count = 6,
): { readonly name: string; readonly rows: readonly NearRow[] } | null {
  const own = answer.vectors.findLast(({ name, slots, dim }) =>
    sample?.vectors.some((one) => one.name === name && one.slots === slots && one.dim === dim),
  );
  const kept = own && sample?.vectors.find(({ name }) => name === own.name);
  if (!own || !kept || !sample) return null;
  const points = pointsOf(sample, kept, scenarios);
  const { dim, slots } = own;
  // Of a vector in each scenario, those of the row's scenario are compared.
  const slot = slots === 1 ? 0 : answer.scenario;
  const values = new Float32Array(points.values.length + dim);
  values.set(points.values);
  values.set(own.values.subarray(slot * dim, (slot + 1) * dim), points.values.length);
  const all = { ...points, values, count: points.count + 1 };
  const edited = answer.fields.some(({ changed }) => changed);
  const rows = Array.from({ length: kept.rows }, (_, k): NearRow => ({
    row: sample.rows[k] ?? 0,
    scenario: sample.scenario[k] ?? 0,
    label: sample.label[k] ?? 0,
    truth: sample.truth?.[k] ?? null,
    probability: sample.probability[k] ?? 0,
    distance: Math.sqrt(squaredDistance(all, points.count, k * slots + slot)),
  }))
    .filter(({ row }) => edited || row !== answer.row)
    .sort((a, b) => a.distance - b.distance || a.row - b.row);
  return { name: own.name, rows: rows.slice(0, count) };
}

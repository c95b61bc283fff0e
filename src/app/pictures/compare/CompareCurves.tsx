import { useMemo, useState } from 'react';
import { aucOfKind, domainAucOfKind } from '../../../training/metrics/aucKind';
import type { AucKind } from '../../../training/metrics/aucKind';
import { spread, smooth } from '../../../studies/statistics';
import { aucDomain, stepDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import type { LinePoint, LineSpec } from '../../charts/lineSpec';
import { PALETTE } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatAuc } from '../../format';
import type { RunView } from '../../store/runView';
import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
import { useTheme } from '../../store/theme';
import { hasTruth, MAX_LINES } from '../curves/curves';
import { allScenarios } from '../../../studies/groups';
import type { RunGroup } from '../../../studies/groups';
import './compareFigures.css';

const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 2', '1 3'] as const;

interface CurvePoint {
  readonly mean: number | null;
  /** One standard deviation over the seeds to either side; null of a single one. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A group's curve: mean and spread over its runs at each step that all of them have, smoothed. */
function groupCurve(
  group: RunGroup<RunView>,
  scenario: string | null,
  kind: AucKind,
  smoothing: number,
): ReadonlyMap<number, CurvePoint> {
  const byStep = new Map<number, (number | null)[]>();
  for (const run of group.runs) {
    const index = run.scenarios.findIndex((one) => one.id === scenario);
    for (const { step, metrics } of run.evaluations.points) {
      const values = byStep.get(step) ?? [];
      values.push(
        scenario === null ? domainAucOfKind(kind, metrics) : aucOfKind(kind, metrics.scenarios[index]),
      );
      byStep.set(step, values);
    }
  }
  const steps = [...byStep]
    .sort((a, b) => a[0] - b[0])
    .filter(([, values]) => values.length === group.runs.length);
  const spreads = steps.map(([, values]) => spread(values));
  const means = smooth(
    spreads.map((one) => one?.mean ?? null),
    smoothing,
  );
  const widths = smooth(
    spreads.map((one) => one?.deviation ?? null),
    smoothing,
  );
  return new Map(
    steps.map(([step], k) => {
      const [mean, width] = [means[k] ?? null, widths[k] ?? null];
      const edge = (sign: number) => (mean === null || width === null ? null : mean + sign * width);
      return [step, { mean, low: edge(-1), high: edge(1) }];
    }),
  );
}

/** Curves of up to six set-ups over each other. */
export function CompareCurves({ groups }: { readonly groups: readonly RunGroup<RunView>[] }) {
  const [scenario, setScenario] = useState<string | null>(null);
  const [smoothing, setSmoothing] = useState(0);
  const curve = useSetup((state) => state.curve);
  const set = useSetup((state) => state.set);
  const theme = useTheme((state) => state.theme);
  const views = useMemo(() => groups.flatMap((group) => group.runs), [groups]);
  const truth = views.every(hasTruth);
  const kind: AucKind = truth ? curve : 'drawn';
  const scenarios = useMemo(() => allScenarios(views), [views]);
  const drawn = useMemo(() => groups.slice(0, MAX_LINES), [groups]);
  const curves = useMemo(
    () => drawn.map((group) => groupCurve(group, scenario, kind, smoothing)),
    [drawn, scenario, kind, smoothing],
  );
  const steps = useMemo(() => {
    const all = [...new Set(curves.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
    const stride = Math.ceil(all.length / 300) || 1;
    return all.filter((_, k) => k % stride === 0 || k === all.length - 1);
  }, [curves]);
  const points = useMemo(
    () =>
      steps.map((x): LinePoint => ({
        ...Object.fromEntries(
          curves.flatMap((one, g) => {
            const { mean = null, low = null, high = null } = one.get(x) ?? {};
            return [
              [`g${g}`, mean],
              [`g${g}/low`, low],
              [`g${g}/high`, high],
            ];
          }),
        ),
        x,
      })),
    [steps, curves],
  );
  // Runs are no scenarios: inks and dashes tell them apart, colour helps.
  const lines = useMemo<readonly LineSpec[]>(
    () =>
      drawn.map((group, g) => ({
        key: `g${g}`,
        label: short(group.label),
        colour: PALETTE[theme][g]!,
        dash: DASHES[g],
        width: 1.75,
        ...(group.runs.length > 1 && { band: [`g${g}/low`, `g${g}/high`] as const }),
      })),
    [drawn, theme],
  );
  const values = points
    .flatMap((point) => lines.flatMap((line) => [line.key, ...(line.band ?? [])].map((key) => point[key])))
    .filter((value) => typeof value === 'number');
  const range = values.length > 0 ? { min: Math.min(...values), max: Math.max(...values) } : null;
  const ceilings = views.map((view) => {
    if (scenario === null) return view.ceilings?.domain;
    return view.ceilings?.scenarios[view.scenarios.findIndex((one) => one.id === scenario)];
  });
  return (
    <Figure
      name="compare-auc"
      className="compare-curves"
      title={
        scenario === null ? 'Mean AUC over steps, by set-up' : 'AUC of one scenario over steps, by set-up'
      }
      reading={`Each line is a set-up${views.length > groups.length ? ', the mean over its seeds in a band of one standard deviation' : ''}${groups.length > MAX_LINES ? `; the first ${MAX_LINES} of ${groups.length} are drawn, the table has all` : ''}.`}
      equation={String.raw`m_t=\frac{(1-f)\sum_{k\le t}f^{t-k}x_k}{1-f^t},\qquad f=${fixedDigits(smoothing, 2)}`}
      table={{
        columns: ['step', ...drawn.map((group) => group.label)],
        rows: points.map((point) => [point.x, ...lines.map((line) => point[line.key] ?? null)]),
      }}
      controls={
        <>
          <select
            aria-label="Scenario"
            data-testid="compare-scenario"
            value={scenario ?? ''}
            onChange={(event) => setScenario(event.target.value || null)}
          >
            <option value="">mean of scenarios</option>
            {scenarios.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
          <label className="smoothing">
            smoothing
            <input
              type="range"
              min={0}
              max={0.95}
              step={0.05}
              value={smoothing}
              data-testid="smoothing"
              onChange={(event) => setSmoothing(Number(event.target.value))}
            />
            <output>{fixedDigits(smoothing, 2)}</output>
          </label>
          {truth && (
            <Segments
              label="AUC"
              value={kind}
              options={[
                { value: 'noiseFree', label: 'noise-free' },
                { value: 'drawn', label: 'drawn' },
              ]}
              onChange={(next) => set({ curve: next })}
            />
          )}
        </>
      }
      empty={points.length === 0 && <p>These runs have no evaluations yet.</p>}
    >
      <LineFrame
        label="AUC over steps by set-up; its numbers are in the table."
        lines={lines}
        points={points}
        x={stepDomain(Math.max(...views.map((view) => view.steps)))}
        y={aucDomain(range, ceilings)}
        formatY={formatAuc}
        tickY={(value) => fixedDigits(value, 2)}
        xLabel="step"
      />
    </Figure>
  );
}

function short(label: string): string {
  return label.length > 26 ? `${label.slice(0, 25)}…` : label;
}

import { useMemo } from 'react';
import { aucDomain, stepDomain } from '../../charts/axis';
import { HeatMap } from '../../charts/HeatMap';
import { LineFrame } from '../../charts/LineFrame';
import { useSize } from '../../charts/useSize';
import { scenarioColours } from '../../colour/scenario';
import { INK_SOFT } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { fixedDigits, formatAuc, formatCount } from '../../format';
import type { RunView } from '../../store/runView';
import { Segments } from '../../Segments';
import { useSetup } from '../../store/setup';
import { useTheme } from '../../store/theme';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { Drawing, MatrixBases } from '../probe/modes';
import {
  bestStepLabel,
  byShare,
  curveTable,
  drawnAucKind,
  hasTruth,
  heatOverTime,
  MAX_LINES,
  scenarioLines,
  scenarioPoints,
  SUMMARY_LINES,
  summaryPoints,
} from './curves';
import './curves.css';

const KINDS = [
  { value: 'noiseFree', label: 'noise-free' },
  { value: 'drawn', label: 'drawn labels' },
] as const;

const EQUATIONS = {
  noiseFree: String.raw`\mathrm{AUC}_s=\frac{\sum_{i\neq j} p_i\,(1-p_j)\,\big(\mathbb 1[\hat y_i>\hat y_j]+\tfrac12\mathbb 1[\hat y_i=\hat y_j]\big)}{\sum_{i\neq j} p_i\,(1-p_j)}`,
  drawn: String.raw`\mathrm{AUC}_s=\frac{1}{n^+ n^-}\sum_{i:y_i=1}\;\sum_{j:y_j=0}\big(\mathbb 1[\hat y_i>\hat y_j]+\tfrac12\mathbb 1[\hat y_i=\hat y_j]\big)`,
} as const;

const READINGS = {
  noiseFree:
    'Higher ranks clicks better; the true click probabilities weigh the pairs, so label noise is gone.',
  drawn: 'Higher ranks clicks better; 0.5 is chance.',
} as const;

/** AUC of every scenario over steps: a line each up to six, beyond that a heat map over time with summary lines above. */
export function AucFigure({ view }: { readonly view: RunView }) {
  const wanted = useSetup((state) => state.curve);
  const set = useSetup((state) => state.set);
  const theme = useTheme((state) => state.theme);
  const kind = drawnAucKind(view, wanted);
  const many = view.scenarios.length > MAX_LINES;
  const { scenarios, ceilings } = view;
  const { points: evaluations } = view.evaluations;
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const table = useMemo(() => curveTable(evaluations, scenarios, kind), [evaluations, scenarios, kind]);
  // Of many scenarios the mean's ceiling alone is drawn.
  const y = aucDomain(view.ranges[kind], many ? [view.ceilings?.domain] : (view.ceilings?.scenarios ?? []));
  const x = stepDomain(view.steps);
  const lines = useMemo(
    () =>
      many
        ? SUMMARY_LINES.map((line) => ({
            ...line,
            colour: INK_SOFT,
            ...(line.key === 'mean' && { ceiling: ceilings?.domain, ceilingName: 'mean’s ceiling' }),
          }))
        : scenarioLines({ scenarios, ceilings }, colours, INK_SOFT),
    [many, scenarios, ceilings, colours],
  );
  const points = useMemo(
    () => (many ? summaryPoints(evaluations, kind) : scenarioPoints(evaluations, kind)),
    [evaluations, kind, many],
  );
  const truth = hasTruth(view);
  const [splitRef, split] = useSize<HTMLDivElement>();
  const left = heatLeft(view, split.width);
  const dotted = truth ? ' Dotted: the best any model could reach.' : '';
  const { drawn, control, order } = useHeat(view, kind, many);
  return (
    <Figure
      name="auc"
      className={many ? 'auc auc-many' : 'auc'}
      title={
        many ? `AUC of ${view.scenarios.length} scenarios over steps` : 'AUC of every scenario over steps'
      }
      reading={readingIn(READINGS[kind] + dotted, drawn)}
      equation={EQUATIONS[kind]}
      table={table}
      controls={
        <>
          {(truth || view.ceilings === null) && (
            <Segments
              label="AUC"
              value={kind}
              options={KINDS}
              onChange={(curve) => set({ curve })}
              testId="auc-figure"
            />
          )}
          {control}
        </>
      }
      empty={
        evaluations.length === 0 &&
        (view.state === 'ready' ? (
          <p>
            Press <strong>Train</strong>: the AUC of every scenario appears here within seconds.
          </p>
        ) : view.state === 'failed' ? (
          <p>{view.failure}</p>
        ) : (
          <p>{view.activity ?? 'The first evaluation is on its way.'}</p>
        ))
      }
    >
      <div className={many ? 'auc-split' : 'auc-whole'} ref={splitRef}>
        <div className="auc-lines">
          <LineFrame
            label="AUC over steps; its numbers are in the table below."
            lines={lines}
            points={points}
            x={x}
            y={y}
            formatY={formatAuc}
            tickY={tickAuc}
            xLabel="step"
            labelWidth={many ? SUMMARY_ROOM : undefined}
            axisWidth={many ? left : undefined}
            mark={
              view.bestStep !== null && view.bestStep > 0
                ? { x: view.bestStep, label: bestStepLabel(view.setup.training.stopMetric) }
                : null
            }
          />
        </div>
        {drawn && <ScenarioHeat view={view} drawn={drawn} order={order} colours={colours} left={left} />}
      </div>
    </Figure>
  );
}

const SUMMARY_ROOM = 98;
/** Names of scenarios take no more of the width than this. */
const NAMES_SHARE = 1 / 6;

/** Left margin of the heat map, and of the lines above it, so that time reads straight down. */
function heatLeft(view: RunView, width: number): number {
  const longest = view.scenarios.reduce((max, { name }) => Math.max(max, name.length), 0);
  return Math.max(38, Math.min(width * NAMES_SHARE, 14 + 6.1 * longest));
}

function tickAuc(value: number): string {
  return fixedDigits(value, 2);
}

/** AUC by scenario and span of steps, on a scale of its own numbers, or as its difference from each scenario's ceiling. */
function useHeat(view: RunView, kind: 'noiseFree' | 'drawn', many: boolean) {
  const { scenarios, steps, ceilings } = view;
  const { points } = view.evaluations;
  const columns = Math.max(
    10,
    Math.min(150, Math.ceil(steps / Math.max(1, view.setup.training.evaluateEvery))),
  );
  const order = useMemo(() => byShare(scenarios), [scenarios]);
  const data = useMemo(
    () => (many && points.length > 0 ? heatOverTime(points, steps, kind, order, columns) : null),
    [many, points, steps, kind, order, columns],
  );
  const { min, max } = aucDomain(view.ranges[kind], []);
  const scale = useMemo(() => ({ kind: 'sequential', min, max }) as const, [min, max]);
  const bases = useMemo((): MatrixBases => {
    const own = order.flatMap((s) => ceilings?.scenarios[s] ?? []);
    return {
      mean: true,
      truth:
        many && own.length === order.length
          ? own.flatMap((ceiling) => Array.from({ length: columns }, () => ceiling))
          : null,
      names: { value: 'AUC', truth: 'difference from ceiling' },
    };
  }, [many, order, ceilings, columns]);
  return { order, ...useMatrixModes(data, scale, bases) };
}

interface HeatProps {
  readonly view: RunView;
  readonly drawn: Drawing;
  /** Scenarios from top to bottom. */
  readonly order: readonly number[];
  readonly colours: readonly string[];
  readonly left: number;
}

function ScenarioHeat({ view, drawn, order, colours, left }: HeatProps) {
  const { columns } = drawn.data;
  const rows = useMemo(
    () =>
      order.map((s) => ({
        label: view.scenarios[s]!.name,
        scenario: view.scenarios[s]!.id,
        colour: colours[s]!,
      })),
    [order, view.scenarios, colours],
  );
  const steps = useMemo(
    () =>
      Array.from({ length: columns }, (_, c) => ({
        label: formatCount(Math.round(((c + 1) * view.steps) / columns)),
      })),
    [columns, view.steps],
  );
  const axis = useMemo(() => stepDomain(view.steps), [view.steps]);
  return (
    <div className="auc-heat">
      <HeatMap
        label={`AUC of ${rows.length} scenarios by step`}
        rows={rows}
        columns={steps}
        rowTitle="scenario"
        columnTitle="step"
        valueTitle={drawn.nameOf(drawn.mode)}
        data={drawn.data}
        scale={drawn.scale}
        format={formatAuc}
        steps={axis}
        left={left}
        others
        right={SUMMARY_ROOM}
      />
    </div>
  );
}

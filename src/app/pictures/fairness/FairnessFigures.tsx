import { useMemo } from 'react';
import type { ProbeSpec } from '../../../models/definition';
import { niceDomain, stepDomain } from '../../charts/axis';
import { LineFrame } from '../../charts/LineFrame';
import type { LinePoint, LineSpec } from '../../charts/lineSpec';
import { PALETTE } from '../../colour/scenario';
import { INK } from '../../colour/tokens';
import { Figure } from '../../figure/Figure';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { atFirstRefresh } from '../awaited';
import { fairnessHeadline, recoveryHeadline } from '../headlines/runWords';
import { picture, probeNamed } from '../picture';
import { ProbeFigure } from '../probe/ProbeFigure';
import { fairnessHistory, fairnessTable } from './history';
import type { Group } from './history';
import { fixedDigits } from '../../format';

const LABELS: Record<Group, string> = { intervened: 'intervened', other: 'other', all: 'all items' };

function format(value: number | null): string {
  return fixedDigits(value, 2);
}

interface Props {
  readonly view: RunView;
  /** The probe `fairness` `[groups, quantiles]`. */
  readonly spec: ProbeSpec;
}

/** SAR-Net's fairness over its refreshes: coefficients of intervened and other items, and whether they tell them apart. */
function FairnessFigures({ view, spec }: Props) {
  const theme = useTheme((state) => state.theme);
  const coefficients = framesOf(view, spec.name);
  const recoveries = framesOf(view, 'fairnessRecovery');
  const history = useMemo(
    () => fairnessHistory(spec, coefficients, recoveries),
    [spec, coefficients, recoveries],
  );
  const { points, groups, band } = history;
  // Kinds of items are no scenarios: ink for what nobody pushed, a colour for what was.
  const lines: readonly LineSpec[] = groups.map((group) => ({
    key: group,
    label: LABELS[group],
    colour: group === 'intervened' ? PALETTE[theme][1]! : INK,
    dash: group === 'intervened' ? '6 3' : undefined,
    band: [`${group}Low`, `${group}High`],
    dots: true,
  }));
  const drawn = points.map(
    (point): LinePoint =>
      Object.assign(
        { x: point.step },
        ...groups.map((group) => ({
          [group]: point.groups[group].median,
          [`${group}Low`]: point.groups[group].low,
          [`${group}High`]: point.groups[group].high,
        })),
      ) as LinePoint,
  );
  const values = points.flatMap((point) =>
    groups.flatMap((group) => [point.groups[group].low, point.groups[group].high]),
  );
  const defined = values.filter((value) => value !== null);
  const recovery = points.flatMap(({ step, recovery: auc }) => (auc === null ? [] : [{ x: step, auc }]));
  const waiting = <p>{atFirstRefresh(view)}</p>;
  const x = stepDomain(view.steps, 4);
  const overTime = (
    <Figure
      name="fairness-over-time"
      className="probe"
      title="Fairness coefficients over the refreshes"
      headline={fairnessHeadline(points)}
      reading={`Median of each kind of item and, shaded, its ${band === 'quartiles' ? 'middle half' : 'middle eight tenths'}; below 1 an item was shown more than its predictions earn.${groups[0] === 'all' && points.length > 0 ? ' Which items were promoted is known for simulated data only.' : ''}`}
      equation={spec.equation || null}
      table={fairnessTable(history)}
      empty={points.length === 0 && waiting}
    >
      <LineFrame
        label="Median and quartiles of fairness coefficients over steps"
        lines={lines}
        points={drawn}
        x={x}
        y={niceDomain({ min: Math.min(0.9, ...defined), max: Math.max(1.1, ...defined) })}
        formatY={format}
        xLabel="step"
      />
    </Figure>
  );
  // Before the first refresh one empty figure says what all of them wait for.
  if (points.length === 0) return overTime;
  return (
    <>
      {overTime}
      <Figure
        name="fairness-recovery"
        className="fairness-recovery"
        title="Do low coefficients tell the intervened rows?"
        headline={recoveryHeadline(recovery.map(({ x: step, auc }) => ({ step, auc })))}
        reading="AUC of finding truly intervened rows by a low coefficient; 0.5 is chance. Known for simulated data only."
        equation={String.raw`\mathrm{AUC}(-w^{i,s},\ \text{intervened})`}
        table={{ columns: ['step', 'AUC'], rows: recovery.map(({ x: step, auc }) => [step, auc]) }}
        empty={recovery.length === 0 && <p>This log does not say which rows were promoted.</p>}
      >
        <LineFrame
          label="AUC of telling intervened rows by their coefficients, over steps"
          lines={[{ key: 'auc', label: 'AUC', colour: INK, dots: true }]}
          points={recovery}
          x={x}
          y={niceDomain({
            min: Math.min(0.4, ...recovery.map(({ auc }) => auc)),
            max: Math.max(0.7, ...recovery.map(({ auc }) => auc)),
          })}
          formatY={format}
          xLabel="step"
        />
      </Figure>
      <ProbeFigure name="fairness" view={view} spec={spec} />
    </>
  );
}

export const fairness = picture({
  id: 'fairness',
  tab: 'fairness',
  replaces: ['fairness', 'fairnessRecovery'],
  accepts: probeNamed('fairness'),
  Component: FairnessFigures,
});

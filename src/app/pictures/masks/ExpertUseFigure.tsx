import { useCallback, useMemo } from 'react';
import { expertUse, layoutFromLabels } from '../../../models/papers/aread/maskReading';
import type { ProbeSpec } from '../../../models/definition';
import { HeatMap } from '../../charts/HeatMap';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { MAX_CELLS } from '../../figure/types';
import { framesOf } from '../../store/runView';
import type { RunView } from '../../store/runView';
import { useTheme } from '../../store/theme';
import { atFirstEvaluation, atFirstPruning } from '../awaited';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { sharedExpertsHeadline } from '../headlines/runWords';
import { fixedDigits } from '../../format';

const SCALE = { kind: 'sequential', min: 0, max: 1 } as const;

interface Props {
  readonly view: RunView;
  /** The probe `masks` `[N, E]`. */
  readonly spec: ProbeSpec;
}

const share = (value: number): string => fixedDigits(value, 2);

/** Which experts each scenario's mask leads through, and how many scenarios meet in each expert. */
export function ExpertUseFigure({ view, spec }: Props) {
  const theme = useTheme((state) => state.theme);
  const masks = framesOf(view, spec.name).at(-1) ?? null;
  const gates = framesOf(view, 'edgeGates').findLast((frame) => frame.step === masks?.step) ?? null;
  const layout = useMemo(() => layoutFromLabels(spec.axes[1]?.labels ?? []), [spec]);
  const experts = useMemo(
    () =>
      layout.experts.flatMap((count, l) =>
        Array.from({ length: count }, (_, i) => ({ label: `${l + 1}.${i}` })),
      ),
    [layout],
  );
  const width = experts.length;
  const use = useMemo(
    () => (masks && gates ? expertUse(layout, masks.value.values, gates.value.values) : null),
    [layout, masks, gates],
  );
  const colours = useMemo(() => scenarioColours(view.scenarios, theme), [view.scenarios, theme]);
  const rows = useMemo(
    () => view.scenarios.map(({ id, name }, s) => ({ label: name, scenario: id, colour: colours[s] })),
    [view.scenarios, colours],
  );
  const data = useMemo(
    () => (use ? { rows: rows.length, columns: width, values: use, defined: null } : null),
    [use, rows, width],
  );
  const bases = useMemo(
    (): MatrixBases => ({
      // Even shares of each layer's experts.
      uniform: layout.experts.flatMap((count) => Array.from({ length: count }, () => 1 / count)),
    }),
    [layout],
  );
  const { drawn, control } = useMatrixModes(data, SCALE, bases);
  const tableOf = useCallback(
    (limit: number) => {
      if (!use) return { columns: ['scenario'], rows: [] };
      const heads = layout.experts.at(-1)!;
      const row = (s: number) => use.subarray(s * width, (s + 1) * width);
      const users = experts.map((_, e) => rows.filter((_one, s) => row(s)[e]! > 0).length);
      return {
        columns: ['scenario', ...experts.map(({ label }) => label), 'active heads'],
        rows: [
          ['scenarios that use it', ...users, null],
          ...rows.slice(0, limit).map(({ label }, s) => [
            label,
            ...row(s),
            row(s)
              .slice(-heads)
              .filter((one) => one > 0).length,
          ]),
        ],
        total: rows.length + 1,
      };
    },
    [use, layout, experts, rows, width],
  );
  const held = Math.max(1, Math.floor(MAX_CELLS / (width + 2)));
  const table = useMemo(() => tableOf(held), [tableOf, held]);
  return (
    <Figure
      name="mask-use"
      className="probe tall"
      title="Use of the experts"
      headline={use && sharedExpertsHeadline(use, rows.length, experts)}
      controls={control}
      reading={readingIn(
        'A row is a scenario, a column an expert (layer.expert): its share of what the scenario passes on from that layer, and of the last layer the heads whose outputs are averaged. A share of 0 is an expert that the scenario does without.',
        drawn,
      )}
      equation={String.raw`\textstyle\sum_n M_d^{(l+1)}[i,n]\,\bar g_{l+1,n}[i]\Big/\sum_{i,n}\cdot,\qquad \mathcal K(M_d)\quad\text{(4, 7)}`}
      table={table}
      exported={() => tableOf(rows.length)}
      empty={
        !data && (
          <p>
            {atFirstEvaluation(view)} {atFirstPruning(view)}
          </p>
        )
      }
    >
      {drawn && (
        <div className="probe-split">
          <div className="probe-heat">
            <HeatMap
              label="Use of the experts by scenario"
              rows={rows}
              columns={experts}
              rowTitle="scenario"
              columnTitle="expert"
              valueTitle={drawn.mode === 'value' ? 'share of its layer' : drawn.nameOf(drawn.mode)}
              data={drawn.data}
              scale={drawn.scale}
              format={share}
            />
          </div>
        </div>
      )}
    </Figure>
  );
}

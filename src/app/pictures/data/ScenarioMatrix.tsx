import { useMemo } from 'react';
import { HeatMap } from '../../charts/HeatMap';
import type { Coloured } from '../../colour/scenario';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { useTheme } from '../../store/theme';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { probeTable } from '../probe/probe';
import './scenarioMatrix.css';
import { fixedDigits } from '../../format';

const BASES: MatrixBases = { mean: true, givenDiagonal: true };
const SCALES = {
  sequential: { kind: 'sequential', min: 0, max: 1 },
  signed: { kind: 'signed', min: -1, max: 1 },
} as const;

interface Props {
  readonly name: string;
  readonly title: string;
  readonly reading: string;
  readonly equation: string;
  /** `[N * N]`. */
  readonly values: Float32Array;
  readonly scenarios: readonly (Coloured & { readonly id: string; readonly name: string })[];
  readonly kind: 'sequential' | 'signed';
  readonly valueTitle: string;
}

function format(value: number): string {
  return fixedDigits(value, 2);
}

/** A number for every pair of scenarios. */
function ScenarioMatrix(props: Props) {
  const { name, title, reading, equation, values, scenarios, kind, valueTitle } = props;
  const theme = useTheme((state) => state.theme);
  const labels = useMemo(() => {
    const colours = scenarioColours(scenarios, theme);
    return scenarios.map((scenario, s) => ({
      label: scenario.name,
      scenario: scenario.id,
      colour: colours[s],
    }));
  }, [scenarios, theme]);
  const n = scenarios.length;
  const data = useMemo(() => ({ rows: n, columns: n, values, defined: null }), [n, values]);
  const { drawn, control } = useMatrixModes(data, SCALES[kind], BASES);
  const table = useMemo(() => probeTable(data, labels, labels, 'scenario'), [data, labels]);
  return (
    <Figure
      name={name}
      title={title}
      controls={control}
      reading={readingIn(reading, drawn)}
      equation={equation}
      table={table}
      className="dataset-matrix"
    >
      {drawn && (
        <HeatMap
          label={title}
          rows={labels}
          columns={labels}
          rowTitle="scenario"
          columnTitle="scenario"
          valueTitle={drawn.mode === 'value' ? valueTitle : drawn.nameOf(drawn.mode)}
          data={drawn.data}
          scale={drawn.scale}
          format={format}
          square
        />
      )}
    </Figure>
  );
}

type Values = Pick<Props, 'values' | 'scenarios'>;

/** Share of each scenario's users who also visit another. */
export function OverlapFigure(props: Values) {
  return (
    <ScenarioMatrix
      name="overlap"
      title="How many users of a scenario also visit another"
      reading="Row: whose users; column: where else they are seen. The diagonal is 1."
      equation={String.raw`|U_a\cap U_b|\,/\,|U_a|`}
      kind="sequential"
      valueTitle="share of the row’s users"
      {...props}
    />
  );
}

/** How alike simulated scenarios truly are. */
export function TrueRelatednessFigure(props: Values) {
  return (
    <ScenarioMatrix
      name="relatedness"
      title="How alike scenarios truly are"
      reading="Cosine of two scenarios’ interest weights in the simulator: blue agree, orange oppose."
      equation={String.raw`\cos(w_a,w_b)`}
      kind="signed"
      valueTitle="cosine"
      {...props}
    />
  );
}

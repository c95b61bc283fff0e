import { useMemo } from 'react';
import { HeatMap } from '../../charts/HeatMap';
import type { Coloured } from '../../colour/scenario';
import { scenarioColours } from '../../colour/scenario';
import { Figure } from '../../figure/Figure';
import { useTheme } from '../../store/theme';
import { probeTable } from '../../pictures/probe/probe';

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
  return value.toFixed(2).replace('-', '−');
}

/** A number for every pair of scenarios. */
export function ScenarioMatrix(props: Props) {
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
  const table = useMemo(() => probeTable(data, labels, labels, 'scenario'), [data, labels]);
  return (
    <Figure
      name={name}
      title={title}
      reading={reading}
      equation={equation}
      table={table}
      className="dataset-matrix"
    >
      <HeatMap
        label={title}
        rows={labels}
        columns={labels}
        rowTitle="scenario"
        columnTitle="scenario"
        valueTitle={valueTitle}
        data={data}
        scale={{ kind, min: kind === 'signed' ? -1 : 0, max: 1 }}
        format={format}
        square
      />
    </Figure>
  );
}

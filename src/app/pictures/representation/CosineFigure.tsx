import { useState } from 'react';
import { HeatMap } from '../../charts/HeatMap';
import type { HeatLabel } from '../../charts/HeatLabels';
import type { HeatScale } from '../../charts/heatDraw';
import { Figure } from '../../figure/Figure';
import type { FigureTable } from '../../figure/types';
import { Segments } from '../../Segments';
import { drawing, readingIn } from '../probe/modes';
import type { MatrixBases, MatrixMode } from '../probe/modes';
import { ModeSelect } from '../probe/MatrixModes';
import type { Relations } from '../../../workers/protocol';
import { pairsHeadline } from '../headlines/matrixWords';
import type { Pane } from './pane';
import { fixedDigits } from '../../format';

interface Props {
  readonly title: string;
  /** Scenarios. */
  readonly labels: readonly HeatLabel[];
  /** Cosine of the simulator's interest weights `[N * N]`; null where it is not known. */
  readonly truth: Float32Array | null;
  readonly related: readonly { readonly pane: Pane; readonly relations: Relations }[];
}

type Kind = 'rows' | 'means' | 'centred';
type Matrix = Relations['cosines']['means'];

const KINDS: Readonly<
  Record<Kind, { readonly label: string; readonly reading: string; readonly equation: string }>
> = {
  rows: {
    label: 'in a row',
    reading:
      'Mean cosine between one row’s representations in two scenarios, which the constraint pulls to 0; the diagonal is the share of rows whose representation is not silent.',
    equation: String.raw`\operatorname{mean}_b \frac{r_b^i \cdot r_b^j}{\lVert r_b^i\rVert\,\lVert r_b^j\rVert}\quad\text{(OptMSM, Eq 9)}`,
  },
  means: {
    label: 'of means',
    reading: 'Cosine between the mean representations of two scenarios’ rows: 1 points the same way.',
    equation: String.raw`\cos(\bar h_i,\bar h_j),\quad \bar h_i=\operatorname{mean}_{b:\,m_b=i} h_b`,
  },
  centred: {
    label: 'centred',
    reading:
      'The same after taking off what all scenarios share: above 0 two scenarios differ from the rest in the same way.',
    equation: String.raw`\cos(\bar h_i-\bar h,\;\bar h_j-\bar h),\quad \bar h=\operatorname{mean}_i \bar h_i`,
  },
};

/** Beyond this the accessible table would be longer than anyone reads; the file export holds it all. */
const TABLE_CELLS = 4000;

const format = (value: number | null): string => fixedDigits(value, 2);

/** Cosines between scenarios, of one run or of two side by side on one scale. */
export function CosineFigure({ title, labels, truth, related }: Props) {
  const [asked, setKind] = useState<Kind | null>(null);
  const kinds = (Object.keys(KINDS) as Kind[]).filter(
    (kind) => kind !== 'rows' || related.every(({ relations }) => relations.cosines.rows !== null),
  );
  const kind = asked !== null && kinds.includes(asked) ? asked : kinds[0]!;
  const matrices = related.map(({ pane, relations }) => ({ pane, matrix: relations.cosines[kind]! }));
  const n = labels.length;
  const lowest = matrices.reduce((low, { matrix }) => matrix.values.reduce((a, b) => Math.min(a, b), low), 0);
  const scale: HeatScale =
    lowest < -0.005 ? { kind: 'signed', min: -1, max: 1 } : { kind: 'sequential', min: 0, max: 1 };
  /** Null: the one that shows something of the first run; both are drawn alike. */
  const [wanted, setWanted] = useState<MatrixMode | null>(null);
  const bases: MatrixBases = {
    mean: true,
    truth: truth?.length === n * n ? truth : null,
    // In a row the diagonal is a share of rows, not a cosine with itself.
    givenDiagonal: kind !== 'rows',
  };
  const first = matrices[0] && drawing(bases, { rows: n, columns: n, ...matrices[0].matrix }, scale, wanted);
  const drawn = matrices.map(({ pane, matrix }) => ({
    pane,
    ...drawing(bases, { rows: n, columns: n, ...matrix }, scale, first?.mode ?? null),
  }));
  const reach = Math.max(0, ...drawn.map((one) => one.scale.max));
  const table = (): FigureTable => ({
    columns: ['scenario', ...(matrices.length > 1 ? ['run'] : []), ...labels.map(({ label }) => label)],
    rows: matrices.flatMap(({ pane, matrix }) =>
      labels.map(({ label }, r) => [
        label,
        ...(matrices.length > 1 ? [pane.title] : []),
        ...labels.map((_, c) => cell(matrix, r * n + c)),
      ]),
    ),
  });
  const short = n * n * matrices.length <= TABLE_CELLS;
  return (
    <Figure
      name="representation-cosine"
      className="of-panes"
      title={`${title}: cosines`}
      headline={
        matrices[0]
          ? pairsHeadline({ rows: n, columns: n, ...matrices[0].matrix }, labels, {
              larger: 'alike',
              quantity: 'cosine',
            })
          : null
      }
      reading={readingIn(KINDS[kind].reading, first ?? null)}
      equation={KINDS[kind].equation}
      table={short ? table() : { columns: ['scenario'], rows: [] }}
      exported={table}
      controls={
        <>
          <Segments
            label="Cosines"
            value={kind}
            testId="cosine-kind"
            options={kinds.map((value) => ({ value, label: KINDS[value].label }))}
            onChange={setKind}
          />
          {first && <ModeSelect drawn={first} onWant={setWanted} />}
        </>
      }
    >
      <div className="panes">
        {drawn.map(({ pane, mode, nameOf, data, scale: own }, at) => (
          <div className={`pane matrix${n > 12 ? ' large' : ''}`} key={at}>
            {drawn.length > 1 && <p className="pane-name">{pane.title}</p>}
            <div className="pane-body">
              <HeatMap
                label={`${title}, ${pane.title}: cosines between scenarios`}
                rows={labels}
                columns={labels}
                rowTitle="scenario"
                columnTitle="other scenario"
                valueTitle={mode === 'value' ? 'cosine' : nameOf(mode)}
                data={data}
                scale={mode === 'value' ? own : { kind: 'signed', min: -reach, max: reach }}
                format={format}
                square
              />
            </div>
          </div>
        ))}
      </div>
    </Figure>
  );
}

function cell({ values, defined }: Matrix, index: number): number | null {
  return defined[index] === 1 ? values[index]! : null;
}

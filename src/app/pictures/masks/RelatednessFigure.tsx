import { useCallback, useMemo } from 'react';
import { HeatMap } from '../../charts/HeatMap';
import { Figure } from '../../figure/Figure';
import { MAX_CELLS } from '../../figure/types';
import { fixedDigits, formatNumber } from '../../format';
import { useMatrixModes } from '../probe/MatrixModes';
import { readingIn } from '../probe/modes';
import type { MatrixBases } from '../probe/modes';
import { pairsHeadline } from '../headlines/matrixWords';
import { reorder } from './order';

interface Cell {
  readonly row: number;
  readonly column: number;
}

const SCALE = { kind: 'signed', min: -1, max: 1 } as const;
const BASES: MatrixBases = { mean: true, givenDiagonal: true };

interface Props {
  /** Cosine of the simulator's interest weights `[N * N]`. */
  readonly truth: Float32Array;
  /** Scenarios in the order of the masks' clusters, as the matrix of overlaps draws them. */
  readonly order: readonly number[];
  readonly labels: readonly {
    readonly label: string;
    readonly scenario?: string;
    readonly colour?: string;
  }[];
  /** Spearman's, over pairs of scenarios, with the overlap on show. */
  readonly correlation: number | null;
  /** Which edges the overlap on show counts. */
  readonly of: string;
  readonly selected: Cell;
  readonly onSelect: (cell: Cell) => void;
}

/** What the masks should find: how related the scenarios are in the simulator, in the order of the masks' clusters. */
export function RelatednessFigure({ truth, order, labels, correlation, of, selected, onSelect }: Props) {
  const count = order.length;
  const ordered = useMemo(() => reorder(truth, order), [truth, order]);
  const data = useMemo(
    () => ({ rows: order.length, columns: order.length, values: ordered, defined: null }),
    [order, ordered],
  );
  const { drawn, control } = useMatrixModes(data, SCALE, BASES);
  const tableOf = useCallback(
    (limit: number) => ({
      columns: ['scenario', ...labels.map(({ label }) => label)],
      rows: labels
        .slice(0, limit)
        .map(({ label }, r) => [label, ...ordered.subarray(r * count, (r + 1) * count)]),
      total: count,
    }),
    [labels, ordered, count],
  );
  const table = useMemo(() => tableOf(Math.max(1, Math.floor(MAX_CELLS / (count + 1)))), [tableOf, count]);
  return (
    <Figure
      name="mask-truth"
      className="probe tall"
      title="How related the scenarios truly are"
      headline={data && pairsHeadline(data, labels, { larger: 'alike', quantity: 'cosine' })}
      controls={control}
      reading={readingIn(
        'Cosine of the simulator’s interest weights, scenarios in the same order: where masks follow interests, both matrices show the same blocks.',
        drawn,
      )}
      equation={String.raw`\cos(w_d,w_{d'}),\qquad \rho=\operatorname{corr}\big(\operatorname{rank}\mathrm{OR},\ \operatorname{rank}\cos\big)`}
      table={table}
      exported={() => tableOf(count)}
    >
      <div className="probe-split">
        <p className="c-controls">
          <span data-testid="mask-correlation">
            rank correlation with the overlap of {of}{' '}
            <b>{correlation === null ? 'undefined' : formatNumber(correlation)}</b>
          </span>
        </p>
        <div className="probe-heat">
          {drawn && (
            <HeatMap
              label="True relatedness"
              rows={labels}
              columns={labels}
              rowTitle="scenario"
              columnTitle="other scenario"
              valueTitle={drawn.mode === 'value' ? 'cosine' : drawn.nameOf(drawn.mode)}
              data={drawn.data}
              scale={drawn.scale}
              format={(value) => fixedDigits(value, 2)}
              square
              selected={selected}
              onSelect={onSelect}
            />
          )}
        </div>
      </div>
    </Figure>
  );
}

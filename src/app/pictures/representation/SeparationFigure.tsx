import { Figure } from '../../figure/Figure';
import type { FigureTable } from '../../figure/types';
import { formatNumber } from '../../format';

/** Numbers beside the picture: how far the representation keeps scenarios apart. */
export function SeparationFigure({ table }: { readonly table: FigureTable }) {
  return (
    <Figure
      name="representation-separation"
      className="separation"
      title="How far apart scenarios are"
      reading="Measured in all dimensions, not in the picture: 0 variance between scenarios and neighbours at chance mean that the layer carries nothing of the scenario."
      equation={String.raw`\frac{\sum_i n_i\lVert\bar h_i-\bar h\rVert^2}{\sum_b\lVert h_b-\bar h\rVert^2},\qquad s_b=\frac{d_b^{\text{next}}-d_b^{\text{own}}}{\max(d_b^{\text{next}},d_b^{\text{own}})}`}
      table={table}
    >
      <table className="separation-table" aria-hidden="true">
        <thead>
          <tr>
            {table.columns.map((column, k) => (
              <th key={k}>{k === 0 ? '' : column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={String(row[0])}>
              {row.map((cell, k) => (
                <td key={k}>
                  {typeof cell === 'string' ? cell : cell === null ? 'undefined' : formatNumber(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Figure>
  );
}

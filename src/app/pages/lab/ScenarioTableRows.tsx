import { memo } from 'react';
import {
  fixedDigits,
  formatAuc,
  formatCount,
  formatLoss,
  formatPercent,
  formatRatio,
  formatSignedPercent,
} from '../../format';
import { pointing } from '../../store/highlight';
import type { ScenarioRow } from '../../runs/scenarioRows';

/** What all rows have in common. */
interface Shared {
  /** There are metrics, though some may be undefined. */
  readonly trained: boolean;
  /** The dataset's ceilings are known, though some may be undefined. */
  readonly limited: boolean;
  /** There is a run to compare with. */
  readonly compared: boolean;
}

interface RowProps extends Shared {
  readonly row: ScenarioRow;
  readonly colour: string | undefined;
  readonly highlighted: boolean;
}

function sameRow(before: RowProps, after: RowProps): boolean {
  const keys = Object.keys(after.row) as (keyof ScenarioRow)[];
  return (
    before.colour === after.colour &&
    before.highlighted === after.highlighted &&
    before.trained === after.trained &&
    before.limited === after.limited &&
    before.compared === after.compared &&
    keys.every((key) => before.row[key] === after.row[key])
  );
}

const Row = memo(function Row({ row, colour, highlighted, trained, limited, compared }: RowProps) {
  const shown = (value: number | null, format: (value: number | null) => string) =>
    trained ? format(value) : '–';
  return (
    <tr
      role="row"
      data-scenario={row.id}
      className={highlighted ? 'highlighted' : undefined}
      {...pointing(row.id)}
    >
      <th role="rowheader" scope="row">
        <span className="swatch" style={{ background: colour }} /> {row.name}
      </th>
      <td role="cell" className="number muted more">
        {formatPercent(row.share)}
      </td>
      <td role="cell" className="number more" data-metric="rows">
        {row.rows === null ? '–' : formatCount(row.rows)}
      </td>
      <td role="cell" className="number" data-metric="ctr">
        {formatPercent(row.clickRate)}
      </td>
      <td role="cell" className="number strong" data-metric="auc">
        {row.tooFew ? (
          <span className="muted" title="Fewer than ten clicked, or unclicked, rows">
            too few
          </span>
        ) : (
          shown(row.auc, formatAuc)
        )}
        {row.aucError !== null && <span className="spread"> ±{fixedDigits(row.aucError, 3)}</span>}
      </td>
      <td role="cell" className="number" data-metric="ceiling">
        {limited ? formatAuc(row.ceiling) : '–'}
      </td>
      <td role="cell" className="number more" data-metric="logloss">
        {shown(row.logLoss, formatLoss)}
      </td>
      <td role="cell" className="number more" data-metric="calibration">
        {shown(row.calibration, formatRatio)}
      </td>
      <td
        role="cell"
        className="number more"
        data-metric="relaimpr"
        title={
          row.aucRatio === null
            ? undefined
            : `AUC / AUC of the other run − 1, which CausalInt and M-scan print: ${formatSignedPercent(row.aucRatio)}`
        }
      >
        {compared && trained ? formatSignedPercent(row.relaImpr) : '–'}
      </td>
    </tr>
  );
}, sameRow);

interface Props extends Shared {
  readonly rows: readonly ScenarioRow[];
  /** Of all scenarios, by index. */
  readonly colours: readonly string[];
  /** Id of one of these rows, else null. */
  readonly highlighted: string | null;
}

/** Rows of the scenario table that are drawn together; while nothing of them changes, nothing is drawn. */
export const ScenarioRows = memo(function ScenarioRows({ rows, colours, highlighted, ...shared }: Props) {
  return rows.map((row) => (
    <Row
      key={row.id}
      row={row}
      colour={colours[row.index]}
      highlighted={highlighted === row.id}
      {...shared}
    />
  ));
});

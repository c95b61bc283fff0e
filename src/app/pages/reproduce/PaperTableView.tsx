import type { PaperTable, TableCell } from '../../../studies/reproduce/paperTables';
import { fixedDigits, formatCount, formatSigned, formatSignedPercent } from '../../format';

const MARKS: Readonly<Record<string, string>> = {
  agrees: '✓',
  'agrees, within chance': '✓',
  opposite: '✗',
  'opposite, within chance': '✗',
};

const figure = (value: number | null) => (value === null ? '–' : fixedDigits(value, 4));

interface Props {
  readonly view: PaperTable;
  readonly shown: 'figure' | 'relaImpr';
  /** Variant whose runs are open. */
  readonly open: string | null;
  readonly onOpen: (variant: string) => void;
}

/** Each row as printed; under each printed number ours. */
export function PaperTableView({ view, shown, open, onOpen }: Props) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label="The table, printed and ours">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Row</th>
            {view.columns.map((column, c) => (
              <th key={column} scope="col" className="number">
                {column}
                {view.ours[c] && view.ours[c] !== column && (
                  <span className="difference">ours: {view.ours[c]}</span>
                )}
              </th>
            ))}
            <th scope="col" className="number">
              Seeds
            </th>
            <th
              scope="col"
              className="number"
              title="Processor seconds of training and evaluation, mean over seeds"
            >
              Training, s
            </th>
            <th
              scope="col"
              className="number"
              title="Processor microseconds of scoring one test row, mean over the runs that kept it"
            >
              Inference, µs a row
            </th>
            <th scope="col" className="number" title="Trained numbers of the model">
              Parameters
            </th>
          </tr>
        </thead>
        <tbody>
          {view.rows.map(({ name, variant, seeds, seconds, inference, parameters, cells }, r) => (
            <tr
              key={name}
              data-row={variant ?? ''}
              className={r === view.reference ? 'ablation-reference' : undefined}
            >
              <th scope="row">
                {variant !== null && seeds > 0 ? (
                  <button
                    type="button"
                    className="claim-sentence"
                    aria-expanded={variant === open}
                    onClick={() => onOpen(variant)}
                  >
                    {name}
                  </button>
                ) : (
                  name
                )}
                <span className="difference">
                  {variant === null ? 'no such model here' : r === view.reference ? 'compared with' : ''}
                </span>
              </th>
              {cells.map((cell, c) => (
                <td key={view.columns[c]} className="number" data-verdict={cell.verdict}>
                  {shown === 'relaImpr' ? <RelaImprText cell={cell} /> : <CellText cell={cell} />}
                </td>
              ))}
              <td className="number">{seeds || '–'}</td>
              <td className="number">{seconds === null ? '–' : fixedDigits(seconds, 1)}</td>
              <td className="number">{inference === null ? '–' : fixedDigits(inference, 1)}</td>
              <td className="number">{parameters === null ? '–' : formatCount(parameters)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellText({ cell }: { readonly cell: TableCell }) {
  const { printed, printedDifference, ours, difference, interval, verdict } = cell;
  const mark = MARKS[verdict];
  return (
    <>
      <span className="printed">
        {figure(printed)} {printedDifference !== null && formatSigned(printedDifference)}
      </span>
      {ours ? (
        <span className="ours">
          {figure(ours.mean)}
          {ours.halfWidth !== null && ` ±${fixedDigits(ours.halfWidth, 4)}`}
        </span>
      ) : (
        <span className="ours muted">{verdict === 'no such scenario' ? '–' : 'not run'}</span>
      )}
      {difference !== null && (
        <span className="difference">
          {formatSigned(difference)}
          {interval && ` [${formatSigned(interval[0])}, ${formatSigned(interval[1])}]`}
        </span>
      )}
      {(verdict === 'one seed' || verdict === 'reference not run') && (
        <span className="difference">{verdict}</span>
      )}
      {mark && (
        <span className={verdict.endsWith('chance') ? 'difference' : 'difference strong'}>
          <span aria-hidden="true">{mark}</span> {verdict}
        </span>
      )}
    </>
  );
}

/** Relative improvement in percent: as printed, then ours by both formulas. */
function RelaImprText({ cell: { relaImpr, ours } }: { readonly cell: TableCell }) {
  if (!relaImpr) return '–';
  const { printed, half, ratio } = relaImpr;
  return (
    <>
      <span className="printed">{printed === null ? '–' : formatSignedPercent(printed)}</span>
      {half === null && ratio === null ? (
        <span className="ours muted">{ours ? '–' : 'not run'}</span>
      ) : (
        <>
          <span className="ours" title="(AUC − 0.5) / (base − 0.5) − 1">
            {formatSignedPercent(half)}
          </span>
          <span className="difference" title="AUC / base − 1">
            {formatSignedPercent(ratio)} as a ratio
          </span>
        </>
      )}
    </>
  );
}

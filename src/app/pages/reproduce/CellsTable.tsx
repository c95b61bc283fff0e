import { cellAddress } from '../../../studies/evidence/cellAddress';
import { figureOf } from '../../../studies/evidence/values';
import type { StudyWorld } from '../../../studies/evidence/format';
import { agreement } from '../../../studies/reproduce/agreement';
import type { Agreement, Repeat } from '../../../studies/reproduce/agreement';
import { nameOf } from '../../../studies/reproduce/cells';
import type { Looked } from '../../../studies/reproduce/cells';
import { scoredOtherwise } from '../../../studies/reproduce/repeats';
import type { RepeatableCell } from '../../../studies/reproduce/repeats';
import { fixedDigits, formatDuration, formatNumber } from '../../format';
import { attempt } from '../../store/notices';
import { runAgain } from '../../store/repeats';

interface Props {
  readonly cells: readonly RepeatableCell[];
  readonly repeats: ReadonlyMap<string, Repeat>;
  readonly world: StudyWorld;
  readonly looked: Looked;
  /** Name of a batch in the queue. */
  readonly title: string;
}

const digits = (value: number | null) => fixedDigits(value, 6);

function agreedWords({ kind, largest }: Agreement): string {
  if (kind === 'exact') return 'agrees to the bit';
  const apart = largest === null ? 'defined in one of them only' : `${formatNumber(largest)} apart`;
  return kind === 'close' ? `agrees within 0.002 (${apart})` : `does not agree (${apart})`;
}

/** Every run behind a number: what is stored, what it came to here, and the way to run it. */
export function CellsTable({ cells, repeats, world, looked, title }: Props) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label="Runs behind it">
      <table className="table cells-table" data-testid="cells">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" className="number">
              Stored
            </th>
            <th scope="col" className="number">
              Here
            </th>
            <th scope="col">Agreement</th>
            <th scope="col">Again</th>
          </tr>
        </thead>
        <tbody>
          {cells.map((one) => {
            const { study, cell, key, setup, problem } = one;
            const repeat = repeats.get(key);
            const judged = repeat ? agreement(study, cell, repeat) : null;
            return (
              <tr key={key} data-cell={key} data-agreement={judged?.kind ?? 'not run'}>
                <th scope="row">
                  {nameOf(study, cell.variant)}, seed {cell.seed}
                  <span className="difference">
                    {scoredOtherwise(one) && 'another row’s run, every test row scored on the first place; '}
                    {cell.steps > 0 &&
                      `best step ${cell.bestStep} of ${cell.steps}, ${formatDuration(cell.seconds)}`}
                  </span>
                </th>
                <td className="number">
                  {looked.metric in cell.figures
                    ? digits(figureOf(cell.figures[looked.metric], world, looked.of))
                    : '–'}
                </td>
                <td className="number">
                  {repeat ? digits(figureOf(repeat.figures[looked.metric], world, looked.of)) : '–'}
                </td>
                <td>
                  {judged ? agreedWords(judged) : repeat ? 'nothing is stored to agree with' : 'not run here'}
                  {judged?.why && <span className="difference">{judged.why}</span>}
                </td>
                <td>
                  {setup ? (
                    <>
                      <button
                        type="button"
                        className="button quiet"
                        data-testid="run-cell"
                        onClick={() => attempt(() => runAgain([one], title))}
                      >
                        Run here
                      </button>
                      <a href={cellAddress(study, cell)} target="_blank" rel="noopener">
                        in the Lab
                      </a>
                    </>
                  ) : (
                    <span className="muted">{problem}</span>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

import { useMemo, useState } from 'react';
import { claimsOf } from '../../../studies/claims';
import type { PrintedTable } from '../../../studies/claims';
import type { StoredStudy } from '../../../studies/evidence/format';
import { cellsOf } from '../../../studies/reproduce/cells';
import { paperTable, tunedRows, worldsOfTable } from '../../../studies/reproduce/paperTables';
import { tableLatex, tableNumbers } from '../../../studies/reproduce/tableDocuments';
import type { PaperTable } from '../../../studies/reproduce/paperTables';
import { repeatableCells } from '../../../studies/reproduce/repeats';
import { metricWords, printedMetricWords } from '../../../studies/reproduce/words';
import { modelTitle } from '../../../studies/setups';
import { Figure } from '../../figure/Figure';
import { download } from '../../figure/export';
import { useRepeats } from '../../store/repeats';
import { useSetup } from '../../store/setup';
import { CellsTable } from './CellsTable';
import { PaperTableView } from './PaperTableView';
import { RunHere } from './RunHere';

interface Props {
  readonly paper: string;
  readonly study: StoredStudy | null;
}

/** A paper's tables as printed, one at a time, with ours beside it. */
export function TablesPart({ paper, study }: Props) {
  const { table: asked } = useSetup((state) => state.reproduce);
  const look = useSetup((state) => state.look);
  const { tables } = claimsOf(paper);
  const table = tables.find(({ id }) => id === asked) ?? tables[0];
  if (!table) return <p className="muted">No printed table of this paper is kept.</p>;
  return (
    <>
      <label className="reproduce-choice">
        Table{' '}
        <select
          data-testid="table-select"
          value={table.id}
          onChange={(event) => look({ table: event.target.value, world: null })}
        >
          {tables.map((one) => (
            <option key={one.id} value={one.id}>
              {one.table}: {one.title} ({one.dataset}, {printedMetricWords(one.metric)})
            </option>
          ))}
        </select>
      </label>
      <OneTable key={table.id} paper={paper} table={table} study={study} />
    </>
  );
}

function OneTable({ paper, table, study }: Props & { readonly table: PrintedTable }) {
  const worlds = useMemo(() => worldsOfTable(study, table), [study, table]);
  const asked = useSetup((state) => state.reproduce.world);
  const look = useSetup((state) => state.look);
  const [row, setRow] = useState<string | null>(null);
  const world = worlds.find(({ id }) => id === asked) ?? worlds[0] ?? null;
  const { rows: rowsAsked, shown: shownAsked } = useSetup((state) => state.reproduce);
  const budget = useMemo(
    () => (study && world ? tunedRows(study, table, world) : { some: false, all: false }),
    [study, table, world],
  );
  const tuned = budget.some && (rowsAsked === null ? budget.all : rowsAsked === 'tuned');
  const shown = table.relaImpr ? shownAsked : 'figure';
  const view = useMemo(() => paperTable(table, study, world, undefined, tuned), [table, study, world, tuned]);
  const variants = useMemo(() => [...new Set(view.rows.flatMap(({ variant }) => variant ?? []))], [view]);
  const cells = useMemo(
    () => (study && world ? repeatableCells(study, cellsOf(study, world.id, variants)) : []),
    [study, world, variants],
  );
  const repeats = useRepeats(cells);
  const ofRow = cells.filter(({ cell }) => cell.variant === row);
  const name = `table-${paper}-${table.id}`;
  const where = world ? world.title : 'no stored world';
  const title = `${modelTitle(paper)}, ${table.table}: ${table.title}`;
  const save = (extension: string, text: string) => () =>
    download(`scenarium-${name}.${extension}`, text, 'text/plain');
  return (
    <Figure
      name={name}
      title={title}
      className="paper-table"
      reading={`Printed: ${printedMetricWords(table.metric)} on ${table.dataset}, and the difference from “${table.rows[view.reference]?.printed ?? ''}”, which the paper has best. Ours: ${metricWords(table.metric)} on ${where}, mean over seeds, difference with its 95 % interval (paired over seeds).${view.onTwin ? '' : ' Other data than the paper’s: only the direction of a difference can be held against it.'} ${rowsWords(view)}${shown === 'relaImpr' ? ` ${relaImprWords(table)}` : ''}`}
      table={tableNumbers(view)}
      files={[{ label: 'LaTeX', save: save('tex', tableLatex(view, title)) }]}
      controls={
        <>
          {worlds.length > 0 && (
            <label>
              ours on{' '}
              <select
                data-testid="table-world"
                value={world?.id ?? ''}
                onChange={(event) => look({ world: event.target.value })}
              >
                {worlds.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.id}
                  </option>
                ))}
              </select>
            </label>
          )}
          {budget.some && (
            <label>
              rows{' '}
              <select
                data-testid="table-rows"
                value={tuned ? 'tuned' : 'plain'}
                onChange={(event) => look({ rows: event.target.value === 'tuned' ? 'tuned' : 'plain' })}
              >
                <option value="tuned">tuned</option>
                <option value="plain">as they come</option>
              </select>
            </label>
          )}
          {table.relaImpr && (
            <label>
              shown{' '}
              <select
                data-testid="table-shown"
                value={shown}
                onChange={(event) =>
                  look({ shown: event.target.value === 'relaImpr' ? 'relaImpr' : 'figure' })
                }
              >
                <option value="figure">{printedMetricWords(table.metric)}</option>
                <option value="relaImpr">RelaImpr</option>
              </select>
            </label>
          )}
        </>
      }
    >
      <PaperTableView
        view={view}
        shown={shown}
        open={row}
        onOpen={(variant) => setRow(variant === row ? null : variant)}
      />
      {table.note && <p className="muted">{table.note}</p>}
      {study && world ? (
        <div className="claim-actions">
          <RunHere
            cells={cells}
            repeats={repeats}
            what="this table"
            title={`${modelTitle(paper)}, ${table.table}, on ${world.id}`}
          />
        </div>
      ) : (
        <p className="muted" data-testid="not-run">
          None of its rows is stored with this build. Train them in the Lab’s Compare page (Ablate), or all of
          them with npm run study -- --plan tables --paper {paper}.
        </p>
      )}
      {world && ofRow.length > 0 && (
        <CellsTable
          cells={ofRow}
          repeats={repeats}
          world={world}
          looked={{ metric: table.metric, of: view.onTwin ? 'overall' : 'mean' }}
          title={`${title} on ${world.id}`}
        />
      )}
    </Figure>
  );
}

/** On what terms our rows were trained. */
function rowsWords({ tuned, rows }: PaperTable): string {
  const draws = rows.find((row) => row.draws !== null)?.draws ?? null;
  return tuned
    ? `Every row had ${draws ?? 'the same'} draws of learning rate, L2 and dropout, judged by log loss on validation rows; test rows were looked at once.`
    : 'Rows as they come: the same widths and the same training for all, none tuned.';
}

const FORMULAS = { 'auc-half': '(AUC − 0.5) / (base − 0.5) − 1', ratio: 'AUC / base − 1' } as const;

/** What the printed percentages follow, and against which row. */
function relaImprWords({ relaImpr, columns }: PrintedTable): string {
  if (!relaImpr) return '';
  const { formula, bases } = relaImpr;
  const against = [...new Set(bases)].map((base) => {
    const labels = columns.filter((_, c) => bases[c] === base).map(({ label }) => label);
    return labels.length === columns.length ? `“${base}”` : `“${base}” in ${labels.join(', ')}`;
  });
  return `RelaImpr: the printed values follow ${FORMULAS[formula]}, against ${against.join(', and ')}; of ours both formulas stand, of the means over seeds.`;
}

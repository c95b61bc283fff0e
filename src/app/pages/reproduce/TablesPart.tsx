import { useMemo, useState } from 'react';
import { claimsOf } from '../../../studies/claims';
import type { PrintedTable } from '../../../studies/claims';
import type { StoredStudy } from '../../../studies/evidence/format';
import { cellsOf } from '../../../studies/reproduce/cells';
import { paperTable, worldsOfTable } from '../../../studies/reproduce/paperTables';
import { tableLatex, tableNumbers } from '../../../studies/reproduce/tableDocuments';
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
  const view = useMemo(() => paperTable(table, study, world), [table, study, world]);
  const variants = useMemo(() => [...new Set(table.rows.flatMap(({ variant }) => variant ?? []))], [table]);
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
      reading={`Printed: ${printedMetricWords(table.metric)} on ${table.dataset}, and the difference from “${table.rows[view.reference]?.printed ?? ''}”, which the paper has best. Ours: ${metricWords(table.metric)} on ${where}, mean over seeds, difference with its 95 % interval (paired over seeds).${view.onTwin ? '' : ' Other data than the paper’s: only the direction of a difference can be held against it.'}`}
      table={tableNumbers(view)}
      files={[{ label: 'LaTeX', save: save('tex', tableLatex(view, title)) }]}
      controls={
        worlds.length > 0 && (
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
        )
      }
    >
      <PaperTableView view={view} open={row} onOpen={(variant) => setRow(variant === row ? null : variant)} />
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

import { useEffect, useState } from 'react';
import type { RowPage } from '../../../workers/protocol';
import { formatCount } from '../../format';
import { useRunActions } from '../../store/runActions';
import { report } from '../../store/notices';

const PAGE = 25;

/** A page of rows as they are. */
export function RowsView({ id }: { readonly id: string }) {
  const { client } = useRunActions();
  const [offset, setOffset] = useState(0);
  const [page, setPage] = useState<RowPage | null>(null);
  useEffect(() => {
    let wanted = true;
    client.datasetRows(id, offset, PAGE).then((next) => wanted && setPage(next), report);
    return () => {
      wanted = false;
    };
  }, [client, id, offset]);
  if (!page) return null;
  const last = Math.max(0, Math.floor((page.total - 1) / PAGE) * PAGE);
  return (
    <section aria-labelledby="rows-title">
      <header className="figure-head">
        <h3 id="rows-title">
          Rows{' '}
          <span className="muted scenarios-source">
            {formatCount(page.offset + 1)} to {formatCount(page.offset + page.rows.length)} of{' '}
            {formatCount(page.total)}
          </span>
        </h3>
        <button
          type="button"
          className="button"
          disabled={offset === 0}
          onClick={() => setOffset(Math.max(0, offset - PAGE))}
        >
          Previous
        </button>
        <button
          type="button"
          className="button"
          disabled={offset >= last}
          onClick={() => setOffset(Math.min(last, offset + PAGE))}
        >
          Next
        </button>
      </header>
      <div className="table-scroll rows-scroll" tabIndex={0}>
        <table className="table rows" data-testid="dataset-rows">
          <thead>
            <tr>
              {page.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {page.rows.map((row, r) => (
              <tr key={page.offset + r}>
                {row.map((cell, c) => (
                  <td key={c}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

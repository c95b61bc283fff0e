import { useEffect, useState } from 'react';
import type { Mapping } from '../../../data/import/mapping';
import { columnSentence, mappingSentences, roleChoices } from '../../../data/import/mappingSummary';
import { download } from '../../figure/export';
import { useRunActions } from '../../store/runActions';
import { report } from '../../store/notices';

/** How an imported file was read, in words and column by column; it can be saved for the command line. Nothing where that was not kept. */
export function KeptMapping({ dataset }: { readonly dataset: string }) {
  const { client } = useRunActions();
  const [kept, setKept] = useState<{ readonly dataset: string; readonly mapping: Mapping | null } | null>(
    null,
  );
  useEffect(() => {
    let wanted = true;
    client.mappingOf(dataset).then(
      (mapping) => wanted && setKept({ dataset, mapping }),
      (error: unknown) => report(error),
    );
    return () => {
      wanted = false;
    };
  }, [client, dataset]);
  const mapping = kept?.dataset === dataset ? kept.mapping : null;
  if (!mapping) return null;
  return (
    <details className="kept-mapping" data-testid="kept-mapping">
      <summary>How the file was read</summary>
      <p className="muted" data-testid="kept-mapping-summary">
        {mappingSentences(mapping).join(' ')}{' '}
        <button
          type="button"
          className="button quiet"
          title="As the command line’s --map takes it"
          onClick={() =>
            download(`${dataset}.mapping.json`, JSON.stringify(mapping, null, 2), 'application/json')
          }
        >
          Save the mapping
        </button>
      </p>
      <div className="table-scroll mapping-scroll" tabIndex={0}>
        <table className="table mapping">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">role</th>
              <th scope="col">what it became</th>
            </tr>
          </thead>
          <tbody>
            {mapping.columns.map((column) => (
              <tr key={column.column} className={column.role === 'ignore' ? 'ignored' : undefined}>
                <th scope="row">{column.column}</th>
                <td>{roleChoices.find(({ value }) => value === column.role)?.title}</td>
                <td className="why muted">{columnSentence(column, mapping)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

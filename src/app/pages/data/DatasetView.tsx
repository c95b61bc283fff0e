import { useEffect, useState } from 'react';
import type { DatasetSummary } from '../../../workers/protocol';
import { download } from '../../figure/export';
import { fixedDigits, formatCount, formatPercent } from '../../format';
import { useRunActions } from '../../store/runActions';
import { refreshCatalogue } from '../../store/catalogue';
import { useSetup } from '../../store/setup';
import { report, sentence } from '../../store/notices';
import { FieldsTable } from './FieldsTable';
import { KeptMapping } from './KeptMapping';
import { RowsView } from './RowsView';
import { OverlapFigure, TrueRelatednessFigure } from '../../pictures/data/ScenarioMatrix';
import { ScenarioSummaries } from './ScenarioSummaries';

interface Props {
  readonly id: string;
  readonly onSimulate: (twin: string) => void;
  readonly onRemoved: () => void;
}

type Loaded = { readonly summary: DatasetSummary } | { readonly failure: string };

function days([from, to]: readonly [number, number]): string {
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  return `${day(from)} to ${day(to)}`;
}

/** Everything that is known of one dataset. */
export function DatasetView({ id, onSimulate, onRemoved }: Props) {
  const { client } = useRunActions();
  const { go, setDataset, setup } = useSetup();
  const [loaded, setLoaded] = useState<{ readonly id: string; readonly result: Loaded } | null>(null);
  useEffect(() => {
    let wanted = true;
    client.dataset(id).then(
      (summary) => wanted && setLoaded({ id, result: { summary } }),
      (error: unknown) => wanted && setLoaded({ id, result: { failure: sentence(error) } }),
    );
    return () => {
      wanted = false;
    };
  }, [client, id]);
  if (loaded?.id !== id) return <div className="empty">Reading {id}…</div>;
  if ('failure' in loaded.result) {
    return (
      <div className="empty">
        <p role="alert">{loaded.result.failure}</p>
      </div>
    );
  }
  const { summary } = loaded.result;
  const { rows, source } = summary;
  const total = rows.train + rows.validation + rows.test;
  return (
    <article className="dataset" data-testid="dataset" data-dataset={id}>
      <header className="dataset-head">
        <div>
          <h2>{summary.title}</h2>
          <p className="muted">
            {source.kind === 'simulated'
              ? `Simulated (${source.size}, seed ${source.seed}) by a causal model; its truth is known.`
              : `Imported from ${source.file}. ${source.note}`}
          </p>
        </div>
        <div className="dataset-actions">
          <button
            type="button"
            className="button primary"
            onClick={() => {
              setDataset(id);
              go('lab');
            }}
          >
            {setup.dataset === id ? 'Back to the lab' : 'Train on it'}
          </button>
          {source.kind === 'simulated' && (
            <button type="button" className="button" onClick={() => onSimulate(source.twin)}>
              Change its world
            </button>
          )}
          <button
            type="button"
            className="button"
            onClick={() =>
              void client
                .exportDataset(id)
                .then(({ parquet, manifest }) => {
                  download(`${id}.parquet`, parquet, 'application/vnd.apache.parquet');
                  download(`${id}.json`, manifest, 'application/json');
                })
                .catch(report)
            }
          >
            Export
          </button>
          {summary.kind !== 'sample' && (
            <button
              type="button"
              className="button"
              onClick={() =>
                void client
                  .removeDataset(id)
                  .then(() => {
                    onRemoved();
                    return refreshCatalogue(client);
                  })
                  .catch(report)
              }
            >
              Delete
            </button>
          )}
        </div>
      </header>
      {summary.warnings.length > 0 && (
        <ul className="warnings" aria-label="Warnings">
          {summary.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <dl className="facts">
        <Fact label="rows" value={formatCount(total)} />
        <Fact
          label="train, validation, test"
          value={`${formatPercent(rows.train / total)}, ${formatPercent(rows.validation / total)}, ${formatPercent(rows.test / total)}`}
        />
        <Fact label="scenarios" value={formatCount(summary.scenarios.length)} />
        <Fact label="fields" value={formatCount(summary.fields.length)} />
        <Fact label="ids" value={formatCount(summary.vocabularySize)} />
        {summary.history && (
          <Fact
            label="behaviours a row"
            value={`${fixedDigits(summary.history.meanLength, 1)} of ${summary.history.length}`}
          />
        )}
        {summary.period && <Fact label="period" value={days(summary.period)} />}
      </dl>
      {source.kind === 'imported' && <KeptMapping dataset={id} />}
      <div className="dataset-grid">
        <ScenarioSummaries summary={summary} />
        <FieldsTable summary={summary} />
      </div>
      <div className="dataset-grid matrices">
        {summary.userOverlap && <OverlapFigure values={summary.userOverlap} scenarios={summary.scenarios} />}
        {summary.relatedness && (
          <TrueRelatednessFigure values={summary.relatedness} scenarios={summary.scenarios} />
        )}
      </div>
      <RowsView id={id} />
    </article>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

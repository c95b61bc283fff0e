import { useState } from 'react';
import type { DragEvent } from 'react';
import type { Mapping } from '../../../data/import/mapping';
import { mappingSentences } from '../../../data/import/mappingSummary';
import type { WorkerClient } from '../../../workers/client';
import type { Inspection } from '../../../workers/protocol';
import { formatCount } from '../../format';
import { useRunActions } from '../../store/runActions';
import { ProgressLine } from '../../ProgressLine';
import { useNotices } from '../../store/notices';
import { useJob } from '../../hooks/useJob';
import { MappingTable } from './MappingTable';
import { MappingOptions } from './MappingOptions';
import { mappingProblem, startMapping } from './mappingEdits';

interface Looked {
  readonly file: File;
  readonly inspection: Inspection;
  /** How files of the same columns were read before. */
  readonly earlier: Awaited<ReturnType<WorkerClient['earlierMappings']>>;
}

/** A person's own file: choose or drop it, correct the proposed roles, import. It never leaves the machine. */
export function ImportView({ onDone }: { readonly onDone: (dataset: string) => void }) {
  const { client } = useRunActions();
  const job = useJob();
  const [looked, setLooked] = useState<Looked | null>(null);
  const [mapping, setMapping] = useState<Mapping | null>(null);
  /** Dataset whose way of reading was taken over; empty: what is proposed. */
  const [reused, setReused] = useState('');
  const [over, setOver] = useState(false);

  async function look(file: File, schema?: string | null): Promise<void> {
    const inspection = await job.run((onProgress, signal) =>
      client.inspectFile(file, schema, { onProgress, signal }),
    );
    if (!inspection) return;
    const columns = inspection.columns.map(({ name }) => name);
    // Without storage a file is read all the same.
    const earlier = await client.earlierMappings(columns).catch(() => []);
    setLooked({ file, inspection, earlier });
    setReused('');
    setMapping(startMapping(inspection));
  }

  async function importRows(): Promise<void> {
    if (!looked || !mapping) return;
    const result = await job.run((onProgress, signal) =>
      client.importFile(looked.file, mapping, { onProgress, signal }),
    );
    if (!result) return;
    useNotices
      .getState()
      .tell(
        'news',
        `Imported ${formatCount(result.summary.rows.train + result.summary.rows.validation + result.summary.rows.test)} rows of ${looked.file.name}.`,
      );
    onDone(result.summary.id);
  }

  const drop = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer.files[0];
      if (file) void look(file);
    },
  };
  const problem = mapping ? mappingProblem(mapping) : null;

  return (
    <div className="import" data-testid="import">
      <header className="dataset-head">
        <div>
          <h2>Import a file</h2>
          <p className="muted">CSV or Parquet, one row an impression. It is read here and goes nowhere.</p>
        </div>
      </header>
      <label className={`drop ${over ? 'over' : ''} ${looked ? 'small' : ''}`} {...drop}>
        <span className="button">
          {looked ? `${looked.file.name}: choose or drop another` : 'Choose a file, or drop it here'}
        </span>
        <input
          type="file"
          className="visually-hidden"
          aria-label="Choose a CSV or Parquet file"
          data-testid="import-file"
          accept=".csv,.tsv,.txt,.dat,.data,.inter,.gz,.parquet,.pq"
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void look(file);
            event.target.value = '';
          }}
        />
      </label>
      {job.progress && (
        <ProgressLine progress={job.progress} secondsLeft={job.secondsLeft} onCancel={job.cancel} />
      )}
      {looked && mapping && (
        <>
          <p data-testid="import-facts">
            {formatCount(looked.inspection.totalRows)} rows
            {looked.inspection.rows < looked.inspection.totalRows &&
              ` (${formatCount(looked.inspection.rows)} looked at)`}
            , {looked.inspection.columns.length} columns
            {looked.inspection.schema
              ? `; recognised as ${looked.inspection.schema.title}. ${looked.inspection.schema.note ?? ''}`
              : '.'}
          </p>
          {looked.inspection.warnings.length > 0 && (
            <ul className="warnings" aria-label="Warnings" data-testid="import-warnings">
              {looked.inspection.warnings.map((warning, k) => (
                <li key={k}>{warning.sentence}</li>
              ))}
            </ul>
          )}
          {looked.earlier.length > 0 && (
            <label className="mapping-reuse">
              Files of these columns were imported before. Read this one{' '}
              <select
                data-testid="mapping-reuse"
                value={reused}
                onChange={({ target: { value } }) => {
                  const proposed = startMapping(looked.inspection);
                  const one = looked.earlier.find(({ dataset }) => dataset === value);
                  setReused(value);
                  setMapping(one ? { ...one.mapping, title: proposed.title } : proposed);
                }}
              >
                <option value="">as proposed</option>
                {looked.earlier.map(({ dataset, mapping: { title } }) => (
                  <option key={dataset} value={dataset}>
                    as “{title}”
                  </option>
                ))}
              </select>
            </label>
          )}
          <MappingOptions
            inspection={looked.inspection}
            mapping={mapping}
            onChange={setMapping}
            onSchema={(schema) => void look(looked.file, schema)}
          />
          <MappingTable inspection={looked.inspection} mapping={mapping} onChange={setMapping} />
          <p className="muted" data-testid="import-summary">
            {mappingSentences(mapping).join(' ')}
          </p>
          <div className="import-go">
            <button
              type="button"
              className="button primary"
              data-testid="import-go"
              disabled={problem !== null || job.progress !== null}
              onClick={() => void importRows()}
            >
              Import
            </button>
            {problem !== null && (
              <span className="problem" role="alert">
                {problem}
              </span>
            )}
          </div>
        </>
      )}
    </div>
  );
}

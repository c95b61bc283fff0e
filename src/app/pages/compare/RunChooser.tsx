import { Fragment, useMemo, useState } from 'react';
import type { AddedRun, RunSummary } from '../../../workers/protocol';
import { download } from '../../figure/export';
import { formatAuc } from '../../format';
import { useCurrentRun, useRunActions } from '../../store/runActions';
import { shownStatus } from '../../runs/shownStatus';
import { RunTool, RunTools } from '../../runs/RunTools';
import { useRename } from '../../runs/useRename';
import { useJob } from '../../hooks/useJob';
import { ProgressLine } from '../../ProgressLine';
import { addressOf } from '../../store/address';
import { useSetup } from '../../store/setup';
import { report, useNotices } from '../../store/notices';
import { useRuns } from '../../store/runs';
import { modelTitle } from '../../../studies/setups';
import { arranged, aucOf, found, keysOf } from './arrange';

/** All runs with what they are; choose, rename, delete with undo, export, import, share. */
export function RunChooser() {
  const { client } = useRunActions();
  const list = useRuns((state) => state.list);
  const chosen = useSetup((state) => state.chosen);
  const set = useSetup((state) => state.set);
  const packing = useJob();
  const [search, setSearch] = useState('');
  const [sort, setSort] = useState('newest');
  const [group, setGroup] = useState<string | null>(null);
  const keys = useMemo(() => keysOf(list ?? []), [list]);
  const shown = useMemo(() => found(list ?? [], search), [list, search]);
  const groups = useMemo(() => arranged(shown, keys, sort, group), [shown, keys, sort, group]);
  const toggle = (id: string) =>
    set({ chosen: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id] });

  async function exportRuns(): Promise<void> {
    const made = await packing.run((onProgress, signal) => client.exportRuns(chosen, { onProgress, signal }));
    if (made) download(made.name, made.file);
  }

  async function importRuns(files: FileList): Promise<void> {
    const failures: string[] = [];
    for (const file of files) {
      await client.readRuns(file, async ({ record, failure }) => {
        if (failure !== undefined) {
          failures.push(failure);
          return;
        }
        const added = await client.runs.add(record);
        set({ chosen: [...useSetup.getState().chosen.filter((id) => id !== added.id), added.id] });
        const told = saidOf(added, record.name);
        if (told !== null) useNotices.getState().tell('news', told);
      });
    }
    // What is wrong with one file takes no other with it.
    if (failures.length === 1) throw new Error(failures[0]);
    if (failures.length > 1) {
      const others = failures.length - 1;
      throw new Error(
        `${failures[0]} ${others === 1 ? 'One other file was' : `${others} other files were`} not taken either.`,
      );
    }
  }

  return (
    <section className="chooser" aria-labelledby="compare-title">
      <h1 id="compare-title">Compare</h1>
      <input
        type="search"
        aria-label="Search runs"
        placeholder="Search names, #tags, settings"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="chooser-order">
        <label>
          Sort by
          <select data-testid="sort-runs" value={sort} onChange={(event) => setSort(event.target.value)}>
            <option value="newest">newest</option>
            <option value="auc">AUC</option>
            <option value="name">name</option>
            {keys.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          Group by
          <select
            data-testid="group-runs"
            value={group ?? ''}
            onChange={(event) => setGroup(event.target.value || null)}
          >
            <option value="">nothing</option>
            {keys.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="catalogue-actions">
        <button
          type="button"
          className="button"
          disabled={shown.length === 0}
          onClick={() => set({ chosen: shown.map((run) => run.id) })}
        >
          All
        </button>
        <button
          type="button"
          className="button"
          disabled={chosen.length === 0}
          onClick={() => set({ chosen: [] })}
        >
          None
        </button>
        <button
          type="button"
          className="button"
          data-testid="export-runs"
          disabled={chosen.length === 0 || packing.progress !== null}
          onClick={() => void exportRuns().catch(report)}
        >
          Export
        </button>
        <label className="button import-run">
          Import
          <input
            type="file"
            className="visually-hidden"
            data-testid="import-run"
            accept=".json,.zip"
            multiple
            aria-label="Import exported runs"
            onChange={(event) => {
              if (event.target.files) void importRuns(event.target.files).catch(report);
            }}
          />
        </label>
      </div>
      {packing.progress && (
        <ProgressLine
          progress={packing.progress}
          secondsLeft={packing.secondsLeft}
          onCancel={packing.cancel}
        />
      )}
      <ul className="chooser-list" data-testid="compare-runs" aria-label="Runs">
        {groups.map(({ head, runs }) => (
          <Fragment key={head ?? ''}>
            {head !== null && (
              <li className="chooser-group" role="presentation">
                {head} <span className="muted">{runs.length}</span>
              </li>
            )}
            {runs.map((run) => (
              <ChooserRow
                key={run.id}
                run={run}
                chosen={chosen.includes(run.id)}
                onToggle={() => toggle(run.id)}
              />
            ))}
          </Fragment>
        ))}
      </ul>
      {list?.length === 0 && (
        <p className="muted">No runs yet: train one in the lab, or import an exported one.</p>
      )}
    </section>
  );
}

/** What became of an imported run, where it is not simply a new one. */
function saidOf({ as }: AddedRun, name: string): string | null {
  if (as === 'known') return `“${name}” is kept already; nothing was changed.`;
  if (as === 'beside')
    return `Another state of “${name}” is kept already, so the imported one stands beside it.`;
  return null;
}

function ChooserRow({
  run,
  chosen,
  onToggle,
}: {
  readonly run: RunSummary;
  readonly chosen: boolean;
  readonly onToggle: () => void;
}) {
  const { go, set } = useSetup();
  const rename = useRename(run);
  const status = shownStatus(run, useCurrentRun());
  const auc = aucOf(run);

  async function share(): Promise<void> {
    const link = new URL(
      addressOf({ page: 'lab', setup: run.setup, preset: 'browser', tab: null }) || '.',
      location.href,
    );
    await navigator.clipboard.writeText(link.href);
    useNotices.getState().tell('news', 'The link to this run’s set-up is in the clipboard.');
  }

  return (
    <li data-run={run.id} data-status={status} className={chosen ? 'current' : undefined}>
      <label>
        <input type="checkbox" checked={chosen} onChange={onToggle} aria-label={`Compare ${run.name}`} />
        {rename.field || (
          <span className="chooser-text">
            <span className="run-name">{run.name}</span>
            <span className="muted">
              seed {run.setup.seed}, {status}, {modelTitle(run.setup.model)},{' '}
              {run.datasetTitle || run.setup.dataset}
            </span>
          </span>
        )}
        <span className="run-auc">{auc === null ? '–' : formatAuc(auc)}</span>
      </label>
      <RunTools run={run} onRename={rename.begin}>
        <RunTool
          run={run}
          does="Open … in the lab"
          title="Open in the lab"
          onClick={() => {
            set({ shownRun: run.id });
            go('lab');
          }}
        >
          ↗
        </RunTool>
        <RunTool
          run={run}
          does="Copy a link to …"
          title="Copy a link to its set-up"
          onClick={() => void share().catch(report)}
        >
          <svg
            width="13"
            height="13"
            viewBox="0 0 13 13"
            fill="none"
            stroke="currentColor"
            aria-hidden="true"
          >
            <rect x="1" y="3.5" width="8" height="8.5" rx="1" />
            <path d="M4 3.5V2a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1H9" />
          </svg>
        </RunTool>
      </RunTools>
    </li>
  );
}

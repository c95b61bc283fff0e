import { useId, useRef, useState } from 'react';
import type { RunArtifacts, RunSummary } from '../../workers/protocol';
import { download } from '../figure/export';
import { useRunActions } from '../store/runActions';
import { report } from '../store/notices';
import './takeAlong.css';

/** A run's name as a file's. */
const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** *Take it with you*: a kept run as a zip that goes on in PyTorch, with the dataset's rows or without. */
export function TakeAlong({ run }: { readonly run: RunSummary }) {
  const { client } = useRunActions();
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState(true);
  const [packing, setPacking] = useState(false);

  async function liveArtifacts(): Promise<RunArtifacts> {
    return { checkpoint: await client.checkpoint(), weights: await client.weights() };
  }

  async function take(): Promise<void> {
    setPacking(true);
    try {
      // The run on show knows where it stands to the step; of one that ended before, its best weights are kept.
      const live = client.run === run.id && (run.status === 'done' || run.status === 'paused');
      const [record, artifacts, { packageSources: sources }] = await Promise.all([
        client.runs.get(run.id),
        live ? liveArtifacts() : client.runs.artifacts(run.id),
        import('./packageSources'),
      ]);
      if (!record) throw new Error('This run is no longer kept; reload the page.');
      const { checkpoint, weights } = artifacts;
      const zip = await client.takeAlong({ record, checkpoint, weights, rows, sources });
      download(`${fileName(run.name)}.zip`, zip, 'application/zip');
      menu.current?.hidePopover();
    } finally {
      setPacking(false);
    }
  }

  return (
    <>
      <button
        type="button"
        className="tool"
        popoverTarget={id}
        aria-label={`Take ${run.name} with you`}
        title="Take it with you: a zip that goes on in PyTorch"
      >
        ↓
      </button>
      <div
        id={id}
        popover="auto"
        ref={menu}
        className="menu take-along"
        role="group"
        aria-label="Take it with you"
      >
        <p>
          One zip that goes on in PyTorch: settings, weights, optimiser, the package and a README with the
          commands.
        </p>
        <label>
          <input type="checkbox" checked={rows} onChange={(event) => setRows(event.target.checked)} />
          with the dataset’s rows
        </label>
        <button type="button" disabled={packing} onClick={() => void take().catch(report)}>
          {packing ? 'Packing …' : 'Download'}
        </button>
      </div>
    </>
  );
}

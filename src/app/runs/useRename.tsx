import { useState } from 'react';
import type { ReactNode } from 'react';
import type { RunSummary } from '../../workers/protocol';
import { useRunActions } from '../store/runActions';
import { report } from '../store/notices';

/** Renaming a kept run in its row: `field` takes the place of its name while it is typed. */
export function useRename(run: RunSummary): { readonly field: ReactNode; readonly begin: () => void } {
  const { client } = useRunActions();
  const [typed, setTyped] = useState<string | null>(null);

  function keep(): void {
    if (typed === null) return; // Escape took it away before the field lost its focus
    const name = typed.trim();
    setTyped(null);
    if (name !== '' && name !== run.name) void client.runs.rename(run.id, name).catch(report);
  }

  return {
    begin: () => setTyped(run.name),
    field: typed !== null && (
      <input
        type="text"
        aria-label="New name"
        autoFocus
        value={typed}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep();
          if (event.key === 'Escape') setTyped(null);
        }}
      />
    ),
  };
}

import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { WhatIf, WhatIfRequest } from '../../../workers/protocol';
import { sentence } from '../../store/notices';
import { useRunActions } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { useComputed } from '../useScoredRows';

/** The row that is asked about; kept while tabs and runs change, so that two models are asked the same. */
export const useWhatIfRequest = create<WhatIfRequest>(() => ({ row: 0, edits: {}, scenario: null }));

/** Another row, as it is in the data. */
export function chooseRow(row: number): void {
  useWhatIfRequest.setState({ row, edits: {}, scenario: null });
}

interface Asked {
  readonly answer: WhatIf | null;
  readonly problem: string | null;
  /** Why it cannot be asked for now, or null. */
  readonly blocked: string | null;
  readonly busy: boolean;
}

/**
 * The run's answer to the request on show, asked for anew at every change of it and when the run has ended. The last
 * answer stays until the next has come.
 */
export function useWhatIf(view: RunView): Asked {
  const actions = useRunActions();
  const request = useWhatIfRequest();
  const { blocked } = useComputed(view, async () => null);
  const [found, setFound] = useState<{ readonly run: string | null; readonly answer: WhatIf } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, name, setup, state } = view;
  const ended = state === 'done';
  useEffect(() => {
    if (blocked !== null || id === null) return undefined;
    let wanted = true;
    const ask = async (): Promise<void> => {
      setBusy(true);
      try {
        const answer = await actions.compute({ id, name, setup }, ({ whatIf }) => whatIf(request));
        if (!wanted) return;
        setFound({ run: id, answer });
        setProblem(null);
      } catch (error) {
        if (wanted) setProblem(sentence(error));
      } finally {
        if (wanted) setBusy(false);
      }
    };
    void ask();
    return () => {
      wanted = false;
    };
  }, [actions, blocked, id, name, setup, ended, request]);
  return { answer: found && found.run === id ? found.answer : null, problem, blocked, busy };
}

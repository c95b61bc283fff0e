import { useEffect, useState } from 'react';
import type { WorkerClient } from '../../workers/client';
import { sentence } from '../store/notices';
import { useRunActions } from '../store/runActions';
import type { RunView } from '../store/runView';
import { useComputed } from './useScoredRows';

interface Asked<T> {
  readonly answer: T | null;
  /** Why there was no answer, one sentence. */
  readonly problem: string | null;
  /** Why it cannot be asked for now, or null. */
  readonly blocked: string | null;
  readonly busy: boolean;
}

/**
 * Something quick that the worker says of a built run, asked for by itself: at every new `ask` and when the run has ended.
 * The last answer stays until the next has come.
 *
 * @param ask the same function until something else is to be asked
 */
export function useAsked<T>(view: RunView, ask: (client: WorkerClient) => Promise<T>): Asked<T> {
  const actions = useRunActions();
  const { blocked } = useComputed(view, async () => null);
  const [found, setFound] = useState<{ readonly run: string; readonly answer: T } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, name, setup, state } = view;
  const ended = state === 'done';
  useEffect(() => {
    if (blocked !== null || id === null) return undefined;
    let wanted = true;
    const work = async (): Promise<void> => {
      setBusy(true);
      try {
        const answer = await actions.compute({ id, name, setup }, ask);
        if (!wanted) return;
        setFound({ run: id, answer });
        setProblem(null);
      } catch (error) {
        if (wanted) setProblem(sentence(error));
      } finally {
        if (wanted) setBusy(false);
      }
    };
    void work();
    return () => {
      wanted = false;
    };
  }, [actions, blocked, id, name, setup, ended, ask]);
  return { answer: found?.run === id ? found.answer : null, problem, blocked, busy };
}

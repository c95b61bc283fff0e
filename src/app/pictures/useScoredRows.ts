import { useState } from 'react';
import { isUnderWay } from '../../workers/protocol';
import type { ScoredRows } from '../../workers/protocol';
import { useRunActions, useCurrentRun } from '../store/runActions';
import type { RunView } from '../store/runView';
import { report } from '../store/notices';

export interface Scored<T> {
  readonly value: T | null;
  readonly busy: boolean;
  /** Why it cannot be asked for now, or null. */
  readonly blocked: string | null;
  readonly ask: () => void;
}

/**
 * Something that the worker computes from a run's weights when asked: of the current run with its present weights, of a kept
 * one after building it again. Forgotten when another run is shown.
 */
export function useComputed<T>(
  view: RunView,
  compute: (run: ReturnType<typeof useRunActions>) => Promise<T>,
): Scored<T> {
  const actions = useRunActions();
  const current = useCurrentRun();
  const [found, setFound] = useState<{ readonly key: string; readonly value: T } | null>(null);
  const [busy, setBusy] = useState(false);
  const own = view.id !== null && view.id === actions.client.run;
  const key = `${view.id ?? ''} ${view.step}`;
  const running = isUnderWay(current.state);
  const blocked =
    view.id === null
      ? 'Train a run first.'
      : !own && running
        ? 'Another run is training; stop it, or wait until it ends.'
        : own && current.state === 'compiling'
          ? 'The model is being built.'
          : null;

  async function work(): Promise<void> {
    setBusy(true);
    try {
      setFound({
        key,
        value: await actions.compute({ id: view.id ?? '', name: view.name, setup: view.setup }, () =>
          compute(actions),
        ),
      });
    } catch (error) {
      report(error);
    } finally {
      setBusy(false);
    }
  }

  return {
    // While a run goes on, what was computed a moment ago stays on show until it is asked for again.
    value: found && found.key.split(' ')[0] === key.split(' ')[0] ? found.value : null,
    busy,
    blocked,
    ask: () => void work(),
  };
}

/** Scores of every test row. */
export function useScoredRows(view: RunView): Scored<ScoredRows> {
  return useComputed(view, (actions) => actions.client.predict('test'));
}

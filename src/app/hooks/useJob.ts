import { useEffect, useRef, useState } from 'react';
import type { OnProgress, Progress } from '../../workers/protocol';
import { report } from '../store/notices';

interface Job {
  /** Null while nothing runs. */
  readonly progress: Progress | null;
  /** Seconds to the end at the present pace; null where that cannot be said. */
  readonly secondsLeft: number | null;
  /** Runs work that can be cancelled; errors are shown. Resolves with null where it was cancelled or failed. */
  readonly run: <R>(work: (onProgress: OnProgress, signal: AbortSignal) => Promise<R>) => Promise<R | null>;
  readonly cancel: () => void;
}

/** Long work of the page: progress, time left, cancel. Leaving the page's part cancels it. */
export function useJob(): Job {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  return {
    progress,
    secondsLeft,
    async run(work) {
      controller.current?.abort();
      const own = new AbortController();
      controller.current = own;
      const began = performance.now();
      setProgress({ done: 0, total: 0, detail: 'Starting' });
      setSecondsLeft(null);
      try {
        return await work((next) => {
          if (own.signal.aborted) return;
          setProgress(next);
          const share = next.total > 0 ? next.done / next.total : 0;
          if (share > 0.03) setSecondsLeft(((performance.now() - began) / 1000 / share) * (1 - share));
        }, own.signal);
      } catch (error) {
        if (!own.signal.aborted) report(error);
        return null;
      } finally {
        if (controller.current === own) setProgress(null);
      }
    },
    cancel: () => {
      controller.current?.abort();
      setProgress(null);
    },
  };
}

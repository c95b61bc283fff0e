import { useEffect, useRef, useState } from 'react';

export interface Latest<T> {
  /** The last answer; that of an earlier question while the present one is under way. */
  readonly value: T | null;
  /** Why the present question has no answer. */
  readonly failure: string | null;
  /** Whether `value` or `failure` answers the present question. */
  readonly current: boolean;
}

/**
 * Asks while the question changes, one at a time: what is asked meanwhile waits for the answer, and of several that wait only the
 * last is asked. `key` null asks nothing.
 */
export function useLatest<T>(key: string | null, ask: () => Promise<T>): Latest<T> {
  const [answer, setAnswer] = useState<{ key: string; value: T | null; failure: string | null } | null>(null);
  const latest = useRef({ key, ask });
  const busy = useRef(false);
  const there = useRef(true);
  useEffect(() => {
    latest.current = { key, ask };
  });
  useEffect(() => {
    there.current = true;
    return () => {
      there.current = false;
    };
  }, []);
  useEffect(() => {
    async function askOn(): Promise<void> {
      busy.current = true;
      for (let asked: string | null = null; there.current && latest.current.key !== asked;) {
        const now = latest.current;
        asked = now.key;
        if (asked === null) break;
        const own = asked;
        try {
          const value = await now.ask();
          if (there.current) setAnswer({ key: own, value, failure: null });
        } catch (error) {
          const failure = error instanceof Error ? error.message : String(error);
          if (there.current) setAnswer((last) => ({ key: own, value: last?.value ?? null, failure }));
        }
      }
      busy.current = false;
    }
    if (key !== null && answer?.key !== key && !busy.current) void askOn();
  }, [key, answer]);
  const current = answer !== null && answer.key === key;
  return { value: answer?.value ?? null, failure: current ? answer.failure : null, current };
}

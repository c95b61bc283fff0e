import { useEffect, useMemo, useState } from 'react';

function finish<T>(steps: Generator<void, T, void>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * What a computation of several steps gives. In steps, each runs in a task of its own and what was computed before stays
 * until the end; else all of them at once, while the page is drawn.
 *
 * @param work yields between its steps; a new function is a new computation
 * @param inSteps true where the whole would block the page
 * @returns null until the first is done
 */
export function useInSteps<T>(work: () => Generator<void, T, void>, inSteps: boolean): T | null {
  const [found, setFound] = useState<{ readonly value: T } | null>(null);
  const atOnce = useMemo(() => (inSteps ? null : { value: finish(work()) }), [work, inSteps]);
  useEffect(() => {
    if (!inSteps) return;
    const steps = work();
    let timer: ReturnType<typeof setTimeout>;
    const go = (): void => {
      const { done, value } = steps.next();
      if (done) setFound({ value });
      else timer = setTimeout(go);
    };
    timer = setTimeout(go);
    return () => clearTimeout(timer);
  }, [work, inSteps]);
  return (atOnce ?? found)?.value ?? null;
}

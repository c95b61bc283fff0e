/** A lock named after each run that a tab has under way, so that no other tab goes on with it or deletes it meanwhile. */
import { isUnderWay } from '../../workers/protocol';
import type { SessionState } from '../../workers/protocol';

/** What is read of the run that a tab trains. */
interface UnderWay {
  readonly id: string | null;
  readonly state: SessionState;
  readonly subscribe: (listener: () => void) => () => void;
}

const lockName = (run: string): string => `scenarium-run-${run}`;

/** Null where the page is not served securely: then tabs know nothing of each other. */
const lockManager = (): LockManager | null => ('locks' in navigator ? navigator.locks : null);

/** Holds the lock of the run that is under way here, from now on. */
export function lockRun(current: UnderWay, locks: Pick<LockManager, 'request'> | null = lockManager()): void {
  if (!locks) return;
  let held: { readonly run: string; readonly release: () => void } | null = null;
  const follow = (): void => {
    const run = isUnderWay(current.state) ? current.id : null;
    if (run === (held?.run ?? null)) return;
    held?.release();
    held = null;
    if (run === null) return;
    let release!: () => void;
    const ended = new Promise<void>((resolve) => (release = resolve));
    held = { run, release };
    locks.request(lockName(run), () => ended).catch(() => undefined); // a page of no origin has no other tabs
  };
  current.subscribe(follow);
  follow();
}

/** Whether any tab, this one too, has the run under way. */
export async function runIsUnderWay(
  run: string,
  locks: Pick<LockManager, 'query'> | null = lockManager(),
): Promise<boolean> {
  if (!locks) return false;
  try {
    const { held = [] } = await locks.query();
    return held.some(({ name }) => name === lockName(run));
  } catch {
    return false;
  }
}

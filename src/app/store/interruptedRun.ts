/** A kept run of a set-up that was broken off, e.g. because the browser ended: there is no need to train it again. */
import { setupKey } from '../../studies/setups';
import type { RunSetup } from '../../training/runRecord';
import type { RunSummary } from '../../workers/protocol';

/**
 * The newest run of this set-up and seed that can be gone on with; null where there is none.
 *
 * @param current the page's own run, which is no run that was left
 */
export function interruptedRun(
  list: readonly RunSummary[] | null,
  setup: RunSetup,
  current: string | null,
): RunSummary | null {
  const key = setupKey(setup);
  const found = list?.find(
    (run) =>
      (run.status === 'interrupted' || run.status === 'paused') &&
      run.hasCheckpoint &&
      run.step > 0 &&
      run.id !== current &&
      run.setup.seed === setup.seed &&
      setupKey(run.setup) === key,
  );
  return found ?? null;
}

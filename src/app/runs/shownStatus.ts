import { isUnderWay } from '../../workers/protocol';
import type { RunSummary, SessionState } from '../../workers/protocol';

/**
 * What a list says of a kept run. A run that trains is kept as of one that was interrupted, in case the browser ends; while
 * this page trains it, it says what the page says.
 */
export function shownStatus(
  run: Pick<RunSummary, 'id' | 'status'>,
  current: { readonly id: string | null; readonly state: SessionState },
): RunSummary['status'] | SessionState {
  return current.id === run.id && isUnderWay(current.state) ? current.state : run.status;
}

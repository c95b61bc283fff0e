import { formatCount } from '../format';
import { pauseQueue, useQueue } from '../store/queue';
import type { Side } from './useSides';
import './beside.css';

/** How the two runs stand, in one sentence; null once both are done. */
export function pairProgress(
  names: readonly [string, string],
  sides: readonly [Side, Side],
  paused: boolean,
): string | null {
  const failed = sides.findIndex(({ state }) => state === 'failed');
  if (failed >= 0)
    return `The run ${names[failed]} failed: ${sides[failed]?.failure ?? 'nothing is known of why.'}`;
  const at = sides.findIndex(({ state }) => state === 'running');
  const view = sides[at]?.view;
  if (at >= 0)
    return `Training ${names[at]}${view ? `, step ${formatCount(view.step)} of ${formatCount(view.steps)}` : ''}.`;
  if (!sides.some(({ state }) => state === 'waiting')) return null;
  return paused ? 'The queue of runs is paused.' : 'Waiting until the runs before it end.';
}

interface Props {
  readonly names: readonly [string, string];
  readonly sides: readonly [Side, Side];
}

/** How far a pair is; a queue that is paused while one of them waits can be let go on. */
export function PairProgress({ names, sides }: Props) {
  const paused = useQueue((queue) => queue.paused);
  const said = pairProgress(names, sides, paused);
  if (said === null) return null;
  return (
    <p className="beside-progress" role="status">
      {said}{' '}
      {paused && sides.some(({ state }) => state === 'waiting') && (
        <button type="button" className="link" onClick={() => pauseQueue(false)}>
          Go on
        </button>
      )}
    </p>
  );
}

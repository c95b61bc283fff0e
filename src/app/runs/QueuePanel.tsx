import type { ReactNode } from 'react';
import { formatDuration } from '../format';
import { useCurrentRun } from '../store/runActions';
import { clearQueue, pauseQueue, useQueue, useQueueTab } from '../store/queue';
import { queueSecondsLeft } from '../store/queueEdits';
import './queuePanel.css';

interface Props {
  /** What opens the results, given the runs that are done. */
  readonly results?: (runs: readonly string[]) => ReactNode;
}

/** What waits and what is done, with time left; pause, go on, cancel, and open the results. */
export function QueuePanel({ results }: Props) {
  const queue = useQueue();
  const current = useCurrentRun();
  const { role, progress } = useQueueTab();
  if (queue.items.length === 0) return null;
  const done = queue.items.filter((item) => item.state === 'done');
  const failed = queue.items.filter((item) => item.state === 'failed');
  const running = queue.items.find((item) => item.state === 'running');
  const waiting = queue.items.filter((item) => item.state === 'waiting').length;
  const left = queueSecondsLeft(queue);
  const elsewhere = role === 'watches';
  const now = !elsewhere ? current : progress?.item === running?.id ? progress : null;
  const finished = waiting === 0 && !running;
  const runs = queue.items.flatMap((item) => (item.run !== null && item.state === 'done' ? [item.run] : []));
  return (
    <section
      className="queue"
      data-testid="queue"
      data-done={done.length}
      data-total={queue.items.length}
      aria-label="Queue"
    >
      <progress max={queue.items.length} value={done.length + failed.length} aria-label="Queue" />
      <span>
        {done.length} of {queue.items.length} runs done
        {failed.length > 0 && `, ${failed.length} failed`}
        {running && `; now ${running.name}${now ? `, step ${now.step} of ${now.steps}` : ''}`}
        {!finished && left !== null && `; ${formatDuration(left)} left`}
        {queue.paused && !finished && '; paused'}
        {elsewhere && !finished && (
          <span data-testid="queue-elsewhere">
            . Another tab trains this queue; this one takes over when that one closes.
          </span>
        )}
      </span>
      <span className="header-gap" />
      {!finished && (
        <button
          type="button"
          className="button"
          onClick={() => pauseQueue(!queue.paused)}
          title={queue.paused ? undefined : 'The run under way ends first'}
        >
          {queue.paused ? 'Go on' : 'Pause'}
        </button>
      )}
      {runs.length > 0 && results?.(runs)}
      <button type="button" className="button" onClick={() => clearQueue({ stop: true })}>
        {finished ? 'Dismiss' : 'Cancel'}
      </button>
    </section>
  );
}

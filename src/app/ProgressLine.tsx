import type { Progress } from '../workers/protocol';
import { formatDuration } from './format';
import './progress.css';

interface Props {
  readonly progress: Progress;
  readonly secondsLeft: number | null;
  readonly onCancel: () => void;
}

/** Long work: what it does, how far it is, how long it still takes, and the way out. */
export function ProgressLine({ progress, secondsLeft, onCancel }: Props) {
  const known = progress.total > 0;
  return (
    <div className="progress-line" data-testid="progress">
      <progress
        aria-label={progress.detail}
        max={known ? progress.total : undefined}
        value={known ? progress.done : undefined}
      />
      <span>
        {progress.detail}
        {known && ` ${Math.floor((100 * progress.done) / progress.total)} %`}
        {secondsLeft !== null && `, ${formatDuration(secondsLeft)} left`}
      </span>
      <button type="button" className="button" data-testid="cancel" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

import type { ReactNode } from 'react';
import type { Scored } from './useScoredRows';

interface AskButtonProps {
  readonly of: Pick<Scored<unknown>, 'busy' | 'blocked' | 'ask'>;
  /** What it says while the worker computes. */
  readonly busy: string;
  readonly testId?: string;
  /** As an action beside others, not what the picture waits for. */
  readonly small?: boolean;
  /** What it is for, where that does not stand on it; why it is blocked comes first. */
  readonly title?: string;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}

/** Asks the worker for something that is computed from a run's weights. */
export function AskButton({ of, busy, testId, small, title, disabled, children }: AskButtonProps) {
  return (
    <button
      type="button"
      className={small ? 'link' : 'button'}
      data-testid={testId}
      disabled={of.busy || of.blocked !== null || disabled}
      title={of.blocked ?? title}
      onClick={of.ask}
    >
      {of.busy ? busy : children}
    </button>
  );
}

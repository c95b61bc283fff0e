import type { MouseEvent, ReactNode } from 'react';
import { addressOf } from '../../store/address';
import type { LearnView } from '../../store/learnView';
import { useSetup } from '../../store/setup';

interface Props {
  readonly to: LearnView;
  readonly testId?: string;
  readonly className?: string;
  readonly current?: boolean;
  readonly label?: string;
  readonly children: ReactNode;
}

/** A link to a place of the Learn page; a new tab opens it too. */
export function LearnLink({ to, testId, className, current, label, children }: Props) {
  const { setup, preset, turnTo } = useSetup();
  return (
    <a
      className={className}
      data-testid={testId}
      aria-current={current ? 'step' : undefined}
      aria-label={label}
      href={addressOf({ page: 'learn', setup, preset, tab: null, learn: to })}
      onClick={(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        turnTo(to);
      }}
    >
      {children}
    </a>
  );
}

import { memo, Suspense } from 'react';
import { ErrorBoundary } from '../ErrorBoundary';
import { lazyPart } from '../lazyPart';
import { useTurn } from '../hooks/useTurn';
import { useUnchanged } from '../hooks/useUnchanged';
import { useHighlight } from '../store/highlight';
import { sameValue } from '../../models/settings';
import type { Domain } from './axis';
import type { LinesProps } from './Lines';
import { useOnScreen, useSize } from './useSize';
import './charts.css';

const Lines = lazyPart(() => import('./Lines').then(({ Lines }) => Lines));

/** Fetches the chart library ahead of the first curve. */
export function preloadCharts(): void {
  void import('./Lines').catch(() => undefined);
}

/** Draws; while off screen it keeps what it drew last. */
const LinesWhileOnScreen = memo(
  function LinesWhileOnScreen({ onScreen: _, ...props }: LinesProps & { readonly onScreen: boolean }) {
    return <Lines {...props} />;
  },
  (_, next) => !next.onScreen,
);

type Mark = LinesProps['mark'];

const sameDomain = (before: Domain, now: Domain): boolean =>
  before.min === now.min && before.max === now.max && sameValue(before.ticks, now.ticks);
const sameMark = (before: Mark, now: Mark): boolean => before?.x === now?.x && before?.label === now?.label;

type Props = Omit<LinesProps, 'width' | 'height' | 'highlighted' | 'onPoint'> & { readonly label: string };

/** A line chart that fills its place, follows the highlighted scenario and rests while nobody sees it. */
export function LineFrame({ label, ...given }: Props) {
  // Axes are worked out at every rendering of a figure, and seldom differ.
  const x = useUnchanged(given.x, sameDomain);
  const y = useUnchanged(given.y, sameDomain);
  const mark = useUnchanged(given.mark, sameMark);
  const props = { ...given, x, y, mark };
  const [sizeRef, size] = useSize<HTMLDivElement>();
  const [seenRef, onScreen] = useOnScreen<HTMLDivElement>();
  const come = useTurn();
  const highlighted = useHighlight((state) => state.scenario);
  const point = useHighlight((state) => state.point);
  return (
    <div className="line-frame" ref={seenRef}>
      <div className="line-frame-inner" ref={sizeRef} role="img" aria-label={label}>
        <ErrorBoundary what="The chart">
          <Suspense fallback={null}>
            {come && size.width > 0 && (
              <LinesWhileOnScreen
                {...props}
                {...size}
                onScreen={onScreen}
                highlighted={highlighted}
                onPoint={point}
              />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  );
}

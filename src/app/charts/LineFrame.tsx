import { memo, Suspense } from 'react';
import { ErrorBoundary } from '../ErrorBoundary';
import { lazyPart } from '../lazyPart';
import { useHighlight } from '../store/highlight';
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

type Props = Omit<LinesProps, 'width' | 'height' | 'highlighted' | 'onPoint'> & { readonly label: string };

/** A line chart that fills its place, follows the highlighted scenario and rests while nobody sees it. */
export function LineFrame({ label, ...props }: Props) {
  const [sizeRef, size] = useSize<HTMLDivElement>();
  const [seenRef, onScreen] = useOnScreen<HTMLDivElement>();
  const highlighted = useHighlight((state) => state.scenario);
  const point = useHighlight((state) => state.point);
  return (
    <div className="line-frame" ref={seenRef}>
      <div className="line-frame-inner" ref={sizeRef} role="img" aria-label={label}>
        <ErrorBoundary what="The chart">
          <Suspense fallback={null}>
            {size.width > 0 && (
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

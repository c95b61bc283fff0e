import { useRef } from 'react';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useOnScreen } from '../charts/useSize';
import { useThrottledValue } from '../hooks/useThrottledValue';
import { useTurn } from '../hooks/useTurn';
import { FigureData } from './FigureData';
import type { Stage } from './stage';
import type { FigureTable } from './types';

/** Milliseconds between two drawings of a thumbnail while a run goes on. */
const SLOWLY = 4000;

interface Props {
  readonly stage: Stage;
  readonly name: string;
  readonly title: string;
  readonly table: FigureTable;
  /** Null where the figure has nothing to draw yet. */
  readonly children: ReactNode;
}

/** A figure that does not lead: its drawing, small and out of reach, and a button that makes it lead. */
export function Thumbnail({ stage, name, title, table, children }: Props) {
  const [ref, onScreen] = useOnScreen<HTMLDivElement>();
  // Slow while the run goes on; what is scrolled away stays as it was drawn last.
  const drawing = useThrottledValue(
    children,
    stage.live || !onScreen,
    onScreen ? SLOWLY : Number.MAX_SAFE_INTEGER,
  );
  const come = useTurn();
  const place = stage.names.indexOf(name);
  const first = stage.names.find((one) => one !== stage.lead) === name;
  const section = useRef<HTMLElement>(null);
  if (!stage.strip || place < 0) return null;
  return createPortal(
    <section
      ref={section}
      className="figure thumbnail"
      data-testid={`figure-${name}`}
      aria-label={title}
      style={{ order: place }}
    >
      <div className="thumbnail-drawing" ref={ref} inert aria-hidden="true">
        {drawing === null ? (
          <p className="thumbnail-empty">nothing drawn yet</p>
        ) : (
          <div className="thumbnail-whole">{come && drawing}</div>
        )}
      </div>
      <button
        type="button"
        data-testid="make-lead"
        data-place={place}
        tabIndex={first ? 0 : -1}
        title={title}
        onClick={() => stage.show(name)}
      >
        <span className="thumbnail-title">{title}</span>
      </button>
      {come && <FigureData name={name} caption={title} table={table} visible={false} />}
    </section>,
    stage.strip,
  );
}

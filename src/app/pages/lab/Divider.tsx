import { useState } from 'react';
import type { CSSProperties, KeyboardEvent, PointerEvent } from 'react';

const KEY = 'scenarium-inspect-width';
/** Share of the window that the pictures may take, in percent. */
const LEAST = 20;
const MOST = 60;
const STEP = 2;
const NARROW = 1600;

const within = (percent: number): number => Math.min(MOST, Math.max(LEAST, percent));

/** What was chosen on this device; null: as wide as the page makes it. */
function stored(): number | null {
  try {
    const value = Number(localStorage.getItem(KEY) ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? within(value) : null;
  } catch {
    return null;
  }
}

/** How wide the pictures are: a percentage that a person chose, or null, and the way to choose. */
export function useInspectWidth() {
  const [width, setWidth] = useState(stored);
  const choose = (percent: number | null): void => {
    const next = percent === null ? null : within(percent);
    setWidth(next);
    try {
      if (next === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, String(next));
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
  };
  const style: CSSProperties & { readonly '--inspect'?: string } =
    width === null ? {} : { '--inspect': `${width}vw` };
  return { width, choose, style };
}

interface Props {
  readonly width: number | null;
  readonly onChoose: (percent: number | null) => void;
}

/** The edge between curves and pictures: drags, moves by arrow keys, and goes back by a double click or Home. */
export function Divider({ width, onChoose }: Props) {
  const [dragged, setDragged] = useState(false);
  const now = width ?? (window.innerWidth >= NARROW ? 34 : 30);

  function onKeyDown(event: KeyboardEvent): void {
    const turn = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0;
    if (turn !== 0) onChoose(now + turn);
    else if (event.key === 'Home') onChoose(null);
    else return;
    event.preventDefault();
  }

  function onPointerMove(event: PointerEvent): void {
    if (dragged) onChoose(Math.round(1000 * (1 - event.clientX / window.innerWidth)) / 10);
  }

  return (
    <div
      className={`divider ${dragged ? 'dragged' : ''}`}
      data-testid="divider"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the pictures"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={Math.round(now)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(true);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => setDragged(false)}
      onPointerCancel={() => setDragged(false)}
      onDoubleClick={() => onChoose(null)}
    />
  );
}

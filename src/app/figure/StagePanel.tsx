import { useCallback, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { formatCount } from '../format';
import { StageContext } from './stage';
import type { Stage } from './stage';
import './stage.css';

interface Props {
  /** Figure that is asked to lead; the first does where there is none of that name. */
  readonly wanted: string | null;
  readonly onShow: (name: string) => void;
  readonly live: boolean;
  /** Steps of the run at which its figures can be looked at, ascending. */
  readonly steps: readonly number[];
  readonly children: ReactNode;
}

/** One figure in full, its step, and the others of its tab as a strip of thumbnails; arrow keys walk the strip. */
export function StagePanel({ wanted, onShow, live, steps, children }: Props) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [strip, setStrip] = useState<HTMLElement | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const leading = useRef<HTMLDivElement>(null);
  const join = useCallback((name: string) => {
    setNames((known) => (known.includes(name) ? known : [...known, name]));
    return () => setNames((known) => known.filter((one) => one !== name));
  }, []);
  const show = useCallback(
    (name: string) => {
      onShow(name);
      // The pressed thumbnail is gone; what it stood for is where a person looks next.
      requestAnimationFrame(() => leading.current?.focus());
    },
    [onShow],
  );
  const lead = wanted !== null && names.includes(wanted) ? wanted : (names[0] ?? null);
  const stage = useMemo<Stage>(
    () => ({ lead, names, strip, live, join, show, step, setStep }),
    [lead, names, strip, live, join, show, step],
  );

  function onKeyDown(event: KeyboardEvent): void {
    const forward = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (forward === 0 || !strip) return;
    const place = (button: HTMLButtonElement) => Number(button.dataset['place']);
    const buttons = [...strip.querySelectorAll<HTMLButtonElement>('button[data-place]')].sort(
      (a, b) => place(a) - place(b),
    );
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    buttons[(at + forward + buttons.length) % buttons.length]?.focus();
  }

  const index = step === null ? steps.length - 1 : steps.findLastIndex((one) => one <= step);
  return (
    <StageContext value={stage}>
      {/* Thumbnails stand in the strip by portals: what is pressed in them comes by their figures, which are in here. */}
      <div className="tab-panel stage-lead" ref={leading} tabIndex={-1} onKeyDown={onKeyDown}>
        {children}
      </div>
      {steps.length > 1 && (
        <div className="frame-slider">
          <input
            type="range"
            aria-label="Step on show"
            aria-valuetext={`step ${steps[index] ?? 0}`}
            data-testid="frame-slider"
            min={0}
            max={steps.length - 1}
            step={1}
            value={Math.max(0, index)}
            onChange={(event) => {
              const next = Number(event.target.value);
              setStep(next >= steps.length - 1 ? null : (steps[next] ?? null));
            }}
          />
          <span className="frame-step">step {formatCount(steps[index])}</span>
        </div>
      )}
      <div
        className="stage-strip"
        data-testid="strip"
        role="group"
        aria-label="Other pictures of this tab"
        hidden={names.length < 2}
        ref={setStrip}
      />
    </StageContext>
  );
}

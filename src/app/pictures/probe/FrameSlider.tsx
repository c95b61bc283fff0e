import { useContext } from 'react';
import { StageContext } from '../../figure/stage';
import { formatCount } from '../../format';
import type { ProbeFrame } from '../../../training/reduceRun';

interface Props {
  readonly frames: readonly ProbeFrame[];
  /** Step of the frame on show. */
  readonly step: number;
  /** Null: follow the newest. */
  readonly onChange: (step: number | null) => void;
}

/** Time, of a figure that stands alone: which kept step of the run is on show. At its end it follows the newest. */
export function FrameSlider({ frames, step, onChange }: Props) {
  // On a stage one slider stands for all figures.
  if (useContext(StageContext)) return null;
  const index = frames.findIndex((frame) => frame.step === step);
  return (
    <div className="frame-slider">
      <input
        type="range"
        aria-label="Step on show"
        aria-valuetext={`step ${step}`}
        data-testid="frame-slider"
        min={0}
        max={Math.max(0, frames.length - 1)}
        step={1}
        value={index < 0 ? frames.length - 1 : index}
        onChange={(event) => {
          const at = Number(event.target.value);
          onChange(at >= frames.length - 1 ? null : (frames[at]?.step ?? null));
        }}
      />
      <span className="frame-step">step {formatCount(step)}</span>
    </div>
  );
}

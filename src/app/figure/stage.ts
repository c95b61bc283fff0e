/** A tab's stage: one figure leads, the others are thumbnails of it; all of them show the same step of the run. */
import { createContext, useContext, useState } from 'react';

export interface Stage {
  /** Name of the figure that leads; null before the first has told its name. */
  readonly lead: string | null;
  /** Figures by name, in their order. */
  readonly names: readonly string[];
  /** Where thumbnails stand; null before it is there. */
  readonly strip: HTMLElement | null;
  /** Whether the run still changes: thumbnails then follow slowly. */
  readonly live: boolean;
  /** A figure tells its name while it is there. Returns the way to take it back. */
  readonly join: (name: string) => () => void;
  readonly show: (name: string) => void;
  /** Step that is looked at; null follows the newest. */
  readonly step: number | null;
  readonly setStep: (step: number | null) => void;
}

export const StageContext = createContext<Stage | null>(null);

/** Whether the figure around fills the page. */
export const EnlargedContext = createContext(false);

/** Step that is looked at: the stage's, or a figure's own where it stands alone. */
export function useStep(): readonly [number | null, (step: number | null) => void] {
  const stage = useContext(StageContext);
  const own = useState<number | null>(null);
  return stage ? [stage.step, stage.setStep] : own;
}

import type { ReactNode } from 'react';
import { useSize } from '../../charts/useSize';
import { useSetup } from '../../store/setup';

/** Units across which drawings are laid out; wider ones are scaled, so that their words grow with the screen. */
const LEAST = 300;
const MOST = 640;
/** Below this many units a drawing stands on end. */
const NARROW = 520;
/** By how much type is larger before a room. */
const PRESENT = 1.5;

/** A drawing laid out for the width that it has, so that its words are as large on a phone as beside it. */
export function Drawn({ children }: { readonly children: (width: number, narrow: boolean) => ReactNode }) {
  const [ref, { width }] = useSize<HTMLDivElement>();
  const present = useSetup((state) => state.learn.present);
  const units = width === 0 ? MOST : Math.round(width / (present ? PRESENT : 1));
  const across = Math.max(LEAST, Math.min(MOST, units));
  return (
    <div ref={ref} className="learn-drawn">
      {children(across, across < NARROW)}
    </div>
  );
}

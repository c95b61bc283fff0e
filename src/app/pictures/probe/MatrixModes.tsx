import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { HeatScale, HeatValues } from '../../charts/heatDraw';
import { drawing } from './modes';
import type { Drawing, MatrixBases, MatrixMode } from './modes';

/**
 * A matrix as a person wants it drawn, first as shows something, and the control that chooses.
 *
 * @param data null before there is one
 * @param bases of one identity for as long as they are the same
 */
export function useMatrixModes(
  data: HeatValues | null,
  scale: HeatScale,
  bases: MatrixBases,
): { readonly drawn: Drawing | null; readonly control: ReactNode } {
  /** Null: the one that shows something. */
  const [wanted, setWanted] = useState<MatrixMode | null>(null);
  const drawn = useMemo(() => data && drawing(bases, data, scale, wanted), [bases, data, scale, wanted]);
  return { drawn, control: drawn && <ModeSelect drawn={drawn} onWant={setWanted} /> };
}

interface ModeSelectProps {
  readonly drawn: Drawing;
  readonly onWant: (mode: MatrixMode | null) => void;
}

/** How a matrix is drawn, to choose; nothing where there is no choice. */
export function ModeSelect({ drawn: { modes, mode, nameOf }, onWant }: ModeSelectProps) {
  if (modes.length < 2) return null;
  return (
    <select
      aria-label="Drawn as"
      data-testid="matrix-mode"
      value={mode}
      onChange={(event) => onWant(modes.find((one) => one === event.target.value) ?? null)}
    >
      {modes.map((one) => (
        <option key={one} value={one}>
          {nameOf(one)}
        </option>
      ))}
    </select>
  );
}

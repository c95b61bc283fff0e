/** Whether a difference goes where the paper's goes; beyond chance at p < 0.05 over seeds. */
export type Direction = 'agrees' | 'agrees, within chance' | 'opposite' | 'opposite, within chance';

/** Printed numbers have four digits; a smaller difference of two is none. */
const SMALLEST_PRINTED = 5e-5;

/** @returns null where either difference is undefined or zero */
export function directionOf(
  difference: number | null,
  printed: number | null,
  p: number | null,
): Direction | null {
  if (difference === null || difference === 0) return null;
  if (printed === null || Math.abs(printed) < SMALLEST_PRINTED) return null;
  const chance = p === null || p >= 0.05;
  if (difference > 0 === printed > 0) return chance ? 'agrees, within chance' : 'agrees';
  return chance ? 'opposite, within chance' : 'opposite';
}

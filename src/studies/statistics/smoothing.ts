/**
 * Debiased exponential smoothing: `m_t = f m_{t-1} + (1-f) x_t`, divided by `1 - f^t` so that the start is not pulled to 0.
 * Undefined values leave a gap and do not count as a step.
 *
 * @param factor 0 (nothing) up to, not including, 1
 */
export function smooth(values: readonly (number | null)[], factor: number): (number | null)[] {
  let mean = 0;
  let mass = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = factor * mean + (1 - factor) * value;
    mass = factor * mass + (1 - factor);
    return mean / mass;
  });
}

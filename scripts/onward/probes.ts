/** Whether what pictures draw of a run is the same, trained here and in PyTorch. */
import type { RunRecord } from '../../src/training/runRecord';

/** Frames after a step, by `name at step`. */
function framesAfter({ probes }: RunRecord, step: number) {
  return new Map(
    probes
      .filter((kept) => kept.step > step)
      .flatMap((kept) => kept.probes.map((value) => [`${value.name} at ${kept.step}`, value] as const)),
  );
}

/**
 * @returns names of frames that the lab has and PyTorch lacks, and of those that both have the largest difference, relative to the
 * frame's largest number where that is above 1; infinite where one has a number that is undefined in the other
 */
export function probesApart(
  ours: RunRecord,
  theirs: RunRecord,
  step: number,
): { readonly missing: readonly string[]; readonly apart: number } {
  const found = framesAfter(theirs, step);
  const missing = new Set<string>();
  let apart = 0;
  for (const [key, mine] of framesAfter(ours, step)) {
    const other = found.get(key);
    if (!other) {
      missing.add(mine.name);
      continue;
    }
    const size = mine.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    mine.values.forEach((value, i) => {
      const same = mine.defined[i] === other.defined[i];
      apart = same ? Math.max(apart, Math.abs(value - other.values[i]!) / size) : Number.POSITIVE_INFINITY;
    });
  }
  return { missing: [...missing], apart };
}

/** Memory of a recorded step: which of its buffers may share one, because one's last use comes before the other's first. */
import type { RecordedList } from './list';

interface Lifetime {
  readonly size: number;
  readonly first: number;
  last: number;
}

export interface Arena {
  /** Bytes of each shared buffer. */
  readonly sizes: readonly number[];
  /** Of each of the list's buffers, which shared one; null where it does not live in the arena. */
  readonly slots: readonly (number | null)[];
}

/** Gives the largest buffers a place first, each the first slot where nothing else lives at its time. */
export function planArena({ buffers, programs }: RecordedList): Arena {
  const lifetimes = new Map<number, Lifetime>();
  programs.forEach((program, at) => {
    for (const buffer of program.buffers) {
      const { outer, values, overwritten, size } = buffers[buffer]!;
      if (outer || (values && !overwritten)) continue;
      const known = lifetimes.get(buffer);
      if (known) known.last = at;
      // Values are copied in before the first program.
      else lifetimes.set(buffer, { size, first: overwritten ? 0 : at, last: at });
    }
  });
  const slots: (number | null)[] = buffers.map(() => null);
  const sizes: number[] = [];
  const living: Lifetime[][] = [];
  for (const [buffer, life] of [...lifetimes].sort(([, a], [, b]) => b.size - a.size)) {
    const free = living.findIndex((others) =>
      others.every(({ first, last }) => last < life.first || first > life.last),
    );
    const slot = free < 0 ? living.push([]) - 1 : free;
    living[slot]!.push(life);
    sizes[slot] = Math.max(sizes[slot] ?? 0, life.size);
    slots[buffer] = slot;
  }
  return { sizes, slots };
}

/** Pictures' numbers over a run: the frames of every probe, thinned as a run grows long, the newest always there. */
import type { ProbeValue } from '../../training/events';

export interface Frame {
  readonly step: number;
  readonly value: ProbeValue;
}

/** Numbers held in all frames of one probe; frames of large matrices are fewer. */
const MAX_NUMBERS = 4_000_000;
const MAX_FRAMES = 120;

interface Reel {
  frames: Frame[];
  stride: number;
  seen: number;
  tail: boolean;
}

export class Film {
  version = 0;
  private readonly reels = new Map<string, Reel>();

  add(step: number, value: ProbeValue): void {
    let reel = this.reels.get(value.name);
    if (!reel) this.reels.set(value.name, (reel = { frames: [], stride: 1, seen: 0, tail: false }));
    // A second value of the same step replaces the first.
    if (reel.frames.at(-1)?.step === step) {
      reel.frames[reel.frames.length - 1] = { step, value };
      this.version++;
      return;
    }
    if (reel.tail) reel.frames.pop();
    const limit = Math.max(
      2,
      Math.min(MAX_FRAMES, Math.floor(MAX_NUMBERS / Math.max(1, value.values.length))),
    );
    if (reel.frames.length >= limit) {
      reel.frames = reel.frames.filter((_, i) => i % 2 === 0);
      reel.stride *= 2;
    }
    reel.tail = reel.seen % reel.stride !== 0;
    reel.seen++;
    reel.frames.push({ step, value });
    this.version++;
  }

  /** Names of probes that have at least one frame. */
  get names(): readonly string[] {
    return [...this.reels.keys()];
  }

  frames(name: string): readonly Frame[] {
    return this.reels.get(name)?.frames ?? [];
  }
}

/** The number at a flat index, `null` where undefined. */
export function probeAt(value: ProbeValue, index: number): number | null {
  if (value.defined[index] !== 1) return null;
  const number = value.values[index];
  return number === undefined || !Number.isFinite(number) ? null : number;
}

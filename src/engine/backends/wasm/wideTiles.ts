/**
 * Whether tiles of sixteen columns (`wide.as`) are faster here than those of eight: only where the engine joins pairs of 128-bit
 * values to 256 bits, which nothing tells but its speed.
 */
import type { Pointer, WasmExports } from './exports';

/** Multiplications and additions of six rows by `DEPTH` by as many columns as a tile has. */
const ROWS = 6;
const DEPTH = 256;
const VALUE_BYTES = 4;

/** Milliseconds of computing, all tries together. */
const BUDGET = 20;
/** Least milliseconds of one try. */
const TRY = 0.4;
/** Ticks of the clock in one try; browsers' clocks tick every 5 to 100 microseconds. */
const TICKS = 20;
/** Milliseconds between two ticks beyond which a clock cannot tell within the budget. */
const COARSE = 0.12;
/** Most calls of one try. */
const MOST_CALLS = 16_384;
/** Milliseconds between tries, in which the engine compiles on another thread what has become hot. */
const PAUSE = 4;
/** A tile is hot where it takes this share of its first try: V8 compiles twice, and the better code is some ten times as fast. */
const HOT = 1 / 3;
/** Tries of hot tiles after which the least of each is trusted. */
const ENOUGH = 3;

/**
 * Shares of the other tile's time, column by column, at which wide ones are taken. Joined to 256 bits they take 0.5 to 0.8; else 1.3 and
 * more. Below the first, one of both was measured before the engine compiled it well.
 */
const TAKEN = [0.3, 0.9] as const;

/** What tells time and waits; a test's own are its own. */
export interface Clock {
  now(): number;
  pause(milliseconds: number): Promise<void>;
}

const clockHere: Clock = {
  now: () => performance.now(),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

type Tiles = Pick<WasmExports, 'tileSixZero' | 'wideSixFrom'>;

/** Where both tiles' operands and results lie, within what `gemm` works in. */
function layOut(scratch: Pointer) {
  const a = scratch;
  const b = a + VALUE_BYTES * ROWS * DEPTH;
  const c = b + VALUE_BYTES * 16 * DEPTH;
  return { a, b, c, zeros: c + VALUE_BYTES * ROWS * 16 };
}

/** Whether a wide tile's numbers are those of two of eight columns, to the bit: else the engine joins wrongly. */
function agree(run: Tiles, memory: () => ArrayBufferLike, scratch: Pointer): boolean {
  const { a, b, c, zeros } = layOut(scratch);
  const row = 16 * VALUE_BYTES;
  const floats = (at: Pointer, count: number): Float32Array => new Float32Array(memory(), at, count);
  const value = (k: number, column: number): number => Math.cos(3 * (16 * k + column));
  /** `width` columns of B from `first` on, as a panel has them. */
  const write = (first: number, width: number): void => {
    const panel = floats(b, width * DEPTH);
    for (let i = 0; i < panel.length; i++) panel[i] = value(Math.floor(i / width), first + (i % width));
  };
  floats(zeros, 16).fill(0);
  const left = floats(a, ROWS * DEPTH);
  for (let i = 0; i < left.length; i++) left[i] = Math.sin(i + 1);
  for (const first of [0, 8]) {
    write(first, 8);
    run.tileSixZero(a, b, DEPTH, c + VALUE_BYTES * first, row);
  }
  const expected = floats(c, ROWS * 16).slice();
  write(0, 16);
  run.wideSixFrom(a, b, DEPTH, c, row, zeros);
  return floats(c, ROWS * 16).every((found, i) => found === expected[i]);
}

/** Milliseconds between two ticks of a clock; the most that is looked at where it stands longer. */
function tickOf(clock: Clock): number {
  const began = clock.now();
  let ticked = began;
  // Bounded by questions, for a clock that stands says nothing of time; each takes well below a microsecond.
  for (let asked = 0; asked < 100_000 && ticked === began; asked++) ticked = clock.now();
  const first = ticked;
  for (let asked = 0; asked < 100_000 && ticked === first; asked++) ticked = clock.now();
  return ticked === first ? Infinity : ticked - first;
}

/** Whether wide tiles are to be taken; at most `BUDGET` of computing, in tries between which others run. */
export async function wideTilesPay(
  run: Tiles,
  memory: () => ArrayBufferLike,
  scratch: Pointer,
  clock: Clock = clockHere,
): Promise<boolean> {
  const { a, b, c, zeros } = layOut(scratch);
  const kinds = [
    { columns: 8, tile: () => run.tileSixZero(a, b, DEPTH, c, 16 * VALUE_BYTES) },
    { columns: 16, tile: () => run.wideSixFrom(a, b, DEPTH, c, 16 * VALUE_BYTES, zeros) },
  ].map((kind) => ({ ...kind, first: 0, best: Infinity, calls: 4, hot: 0 }));
  const tick = tickOf(clock);
  if (!(tick <= COARSE) || !agree(run, memory, scratch)) return false;
  const whole = Math.max(TRY, TICKS * tick);
  /** Calls for a whole try where as many took so long; at most eight times as many. */
  const fitting = (calls: number, took: number): number =>
    Math.max(4, Math.min(MOST_CALLS, Math.round((calls * whole) / Math.max(took, whole / 8))));
  let spent = 0;
  /** Milliseconds of a try, with as many calls as the clock needs to tell them. */
  const timed = (kind: (typeof kinds)[0]): number => {
    for (;;) {
      const began = clock.now();
      for (let i = 0; i < kind.calls; i++) kind.tile();
      const took = clock.now() - began;
      if (took >= whole / 4 || kind.calls === MOST_CALLS) return took;
      spent += took;
      kind.calls = fitting(kind.calls, took);
    }
  };
  while (spent < BUDGET && kinds.some(({ hot }) => hot < ENOUGH)) {
    for (const kind of kinds) {
      const took = timed(kind);
      spent += took;
      const each = took / kind.calls / kind.columns;
      kind.first ||= each;
      kind.best = Math.min(kind.best, each);
      if (kind.best < HOT * kind.first) kind.hot++;
      kind.calls = fitting(kind.calls, took);
    }
    await clock.pause(PAUSE);
  }
  const [eight, sixteen] = kinds as [(typeof kinds)[0], (typeof kinds)[0]];
  const share = sixteen.best / eight.best;
  return share > TAKEN[0] && share < TAKEN[1] && agree(run, memory, scratch);
}

/** Timings that must all say so: beside other work one may be of a tile that the engine had not compiled well yet. */
const TIMES = 3;

/** Whether wide tiles pay in each of several timings; the first that denies it ends the question. */
export async function payEveryTime(pay: () => Promise<boolean>): Promise<boolean> {
  for (let time = 0; time < TIMES; time++) if (!(await pay())) return false;
  return true;
}

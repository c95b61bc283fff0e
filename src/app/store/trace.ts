/**
 * Named series over steps in typed arrays, outside React. Holds a whole run in bounded memory: when it is full every
 * second point goes and from then on only every second new one is kept; the newest point is always there. Points that
 * are kept stay where they are, so curves do not flicker and tables keep their rows.
 */
export class Trace {
  /** Grows with every change. */
  version = 0;
  private readonly names: string[] = [];
  private readonly columns = new Map<string, Float32Array>();
  private readonly ranges = new Map<string, { min: number; max: number }>();
  private readonly steps: Float64Array;
  private count = 0;
  private stride = 1;
  private seen = 0;
  /** True when the last point is the newest one and not one of the kept grid. */
  private tail = false;

  /** @param capacity points kept, even, at least 4 */
  constructor(readonly capacity = 300) {
    if (capacity < 4 || capacity % 2 !== 0)
      throw new RangeError(`A trace needs an even capacity, not ${capacity}.`);
    this.steps = new Float64Array(capacity + 1);
  }

  get length(): number {
    return this.count;
  }

  get series(): readonly string[] {
    return this.names;
  }

  /** Adds the figures of one step; `null` and names that are left out are undefined there. */
  push(step: number, values: Readonly<Record<string, number | null>>): void {
    if (this.tail) this.count--;
    if (this.count === this.capacity) this.halve();
    const onGrid = this.seen % this.stride === 0;
    this.tail = !onGrid;
    this.seen++;
    const at = this.count++;
    this.steps[at] = step;
    for (const column of this.columns.values()) column[at] = Number.NaN;
    for (const [name, value] of Object.entries(values)) {
      if (value === null || !Number.isFinite(value)) continue;
      this.column(name)[at] = value;
      const range = this.ranges.get(name);
      if (range) {
        range.min = Math.min(range.min, value);
        range.max = Math.max(range.max, value);
      } else {
        this.ranges.set(name, { min: value, max: value });
      }
    }
    this.version++;
  }

  step(index: number): number {
    return this.steps[index]!;
  }

  /** The figure of a series at a point; `null` where it is undefined. */
  value(name: string, index: number): number | null {
    const value = this.columns.get(name)?.[index];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /** Figures of one series by point, as `value` gives them, for those who read many. */
  reader(name: string): (index: number) => number | null {
    const column = this.columns.get(name);
    if (!column) return () => null;
    return (index) => {
      const value = column[index];
      return value === undefined || Number.isNaN(value) ? null : value;
    };
  }

  /** The newest figure of a series. */
  last(name: string): number | null {
    return this.count === 0 ? null : this.value(name, this.count - 1);
  }

  /** Smallest and largest figure ever seen of the named series (also of points that went): it only grows. */
  range(names: Iterable<string>): { readonly min: number; readonly max: number } | null {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const name of names) {
      const range = this.ranges.get(name);
      if (!range) continue;
      min = Math.min(min, range.min);
      max = Math.max(max, range.max);
    }
    return min <= max ? { min, max } : null;
  }

  private column(name: string): Float32Array {
    let column = this.columns.get(name);
    if (!column) {
      column = new Float32Array(this.capacity + 1).fill(Number.NaN);
      this.columns.set(name, column);
      this.names.push(name);
    }
    return column;
  }

  private halve(): void {
    const half = Math.ceil(this.count / 2);
    for (const column of [this.steps, ...this.columns.values()]) {
      for (let i = 0; i < half; i++) column[i] = column[i * 2]!;
    }
    this.count = half;
    this.stride *= 2;
  }
}

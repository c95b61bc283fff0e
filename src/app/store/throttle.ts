/** Tells listeners at most once every `intervalMs`; the last call is never lost. */
export class Throttle {
  /** Times that listeners were told. */
  told = 0;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastTold = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly intervalMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  notify(): void {
    if (this.timer !== null) return;
    const wait = this.lastTold + this.intervalMs - this.now();
    if (wait <= 0) this.flush();
    else this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Tells at once, for changes that a person waits for. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.lastTold = this.now();
    this.told++;
    for (const listener of [...this.listeners]) listener();
  }
}

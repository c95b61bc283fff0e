/** Speed over the last seconds, and what it means for the time left. */
import { memoryOf } from '../engine';
import type { Vitals } from './protocol';

const WINDOW_MS = 3_000;

export class Speedometer {
  private marks: { readonly at: number; readonly step: number }[] = [];

  /** A step ended. */
  mark(step: number, now: number): void {
    this.marks.push({ at: now, step });
    while (this.marks.length > 2 && now - this.marks[0]!.at > WINDOW_MS) this.marks.shift();
  }

  /** After a pause the waiting must not count as slowness. */
  forget(): void {
    this.marks = [];
  }

  read(step: number, steps: number, batch: number): Vitals {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    const perSecond =
      first && last && last.at > first.at ? ((last.step - first.step) / (last.at - first.at)) * 1000 : null;
    const memory = memoryOf();
    return {
      step,
      steps,
      samplesPerSecond: perSecond === null ? null : perSecond * batch,
      secondsLeft: perSecond ? (steps - step) / perSecond : null,
      tensors: memory.tensors,
      bytes: memory.gpuBytes ?? memory.bytes,
    };
  }
}

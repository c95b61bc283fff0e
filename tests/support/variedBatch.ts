/** Batches of which everything differs: the bench's rows all count, with full histories and coefficients of 1. */
import type { HostBatch } from '../../src/data/batches';

/** Steps that row `b` of the `number`-th batch lacks at the end of a history. */
const missing = (b: number, number: number): number => (b + number) % 3;

/** Takes the last behaviours of `length` away, whose ids lie at `at` of each row, `each` a behaviour, and `marks` of it. */
function shorten({ ids, layout }: HostBatch, mask: Float32Array, { length, number, spans }: Shortened): void {
  const { batch, width } = layout;
  for (let b = 0; b < batch; b++) {
    for (let k = Math.max(0, length - missing(b, number)); k < length; k++) {
      mask[b * length + k] = 0;
      for (const [at, each] of spans) ids.fill(0, b * width + at + k * each, b * width + at + (k + 1) * each);
    }
  }
}

interface Shortened {
  readonly length: number;
  readonly number: number;
  /** Where ids of behaviours begin in a row, and how many each has there. */
  readonly spans: readonly (readonly [number, number])[];
}

/** Changes a batch in place: histories of other lengths, other coefficients, and padding at its end, each by the batch's number. */
export function varied(batch: HostBatch, number: number): HostBatch {
  const { layout, ids, label, weight, scenario, historyMask, historyScenario, ownHistoryMask, extra } = batch;
  const { history, ownHistory, fields, width } = layout;
  let at = fields.length;
  if (history) {
    const { length, itemFields, scenarioField } = history;
    const each = itemFields.length;
    const spans: [number, number][] = [[at, each]];
    at += length * each;
    if (scenarioField !== null) {
      spans.push([at, 1]);
      at += length;
    }
    shorten(batch, historyMask, { length, number, spans });
    historyMask.forEach((stands, place) => {
      if (stands === 0) historyScenario[place] = -1;
    });
  }
  if (ownHistory) {
    const { length, itemFields } = ownHistory;
    shorten(batch, ownHistoryMask, { length, number: number + 1, spans: [[at, itemFields.length]] });
  }
  for (const column of Object.values(extra))
    column.forEach((_, b) => (column[b] = 1 + ((b + number) % 4) / 8));
  const count = layout.batch - (1 + (number % 2));
  for (const column of [label, weight, scenario]) column.fill(0, count);
  ids.fill(0, count * width);
  for (const [mask, length] of [
    [historyMask, history?.length],
    [ownHistoryMask, ownHistory?.length],
  ] as const)
    if (length !== undefined) mask.fill(0, count * length);
  if (history) historyScenario.fill(-1, count * history.length);
  for (const column of Object.values(extra)) column.fill(1, count);
  return { ...batch, count };
}

/** A process that makes mutants and meets them, one after the other, and says which one is under way. */
import { allKinds, holdSentence } from './kinds';
import { draws } from './random';

export interface BenchOrder {
  readonly seed: number;
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  /** Whether it tells of each mutant before it meets it: who watches then knows which one hangs. */
  readonly closely: boolean;
}

/** Told after each order: what came of its mutants. */
export interface BenchReport {
  readonly accepted: number;
  readonly refused: number;
  /** Numbers of mutants that were neither, with what was thrown. */
  readonly failures: readonly { readonly index: number; readonly reason: string }[];
  /** Most milliseconds of computing that a mutant took, and which: a machine that others use too does not count. */
  readonly slowest: { readonly index: number; readonly ms: number };
  /** Milliseconds of computing that all took, their making among them. */
  readonly ms: number;
}

/** Megabytes that one mutant may take at its worst. */
const mostMb = 256;
/** Milliseconds that one mutant may take; the first of an order also warms up. */
const mostMs = 1000;
const kinds = await allKinds();
const peak = (): number => process.resourceUsage().maxRSS / 1024;

process.on('message', (order: BenchOrder) => void perform(order).then((report) => process.send!(report)));
process.send!('ready');

async function perform({ seed, kind: k, from, to, closely }: BenchOrder): Promise<BenchReport> {
  const kind = kinds[k]!;
  let accepted = 0;
  let refused = 0;
  let slowest = { index: from, ms: 0 };
  const failures: { index: number; reason: string }[] = [];
  const start = process.cpuUsage();
  for (let index = from; index < to; index++) {
    if (closely) process.send!(index);
    const before = peak();
    const began = process.cpuUsage();
    try {
      const outcome = await kind.meet(kind.make(draws(seed, k, index)) as never);
      if (outcome === 'accepted') accepted++;
      else {
        holdSentence(outcome.sentence);
        refused++;
      }
    } catch (error) {
      failures.push({
        index,
        reason: error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error),
      });
    }
    const { user, system } = process.cpuUsage(began);
    const ms = (user + system) / 1000;
    if (ms > mostMs && index > from) failures.push({ index, reason: `it took ${ms.toFixed(0)} ms` });
    const took = peak() - before;
    if (took > mostMb) failures.push({ index, reason: `it took ${took.toFixed(0)} MB` });
    if (ms > slowest.ms) slowest = { index, ms };
  }
  const all = process.cpuUsage(start);
  return { accepted, refused, failures, slowest, ms: (all.user + all.system) / 1000 };
}

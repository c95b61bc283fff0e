/**
 * `npm run trust -- mutants`: spoiled files, mappings, exports and addresses. Each is refused in one sentence or can be used to its end,
 * within a second and 256 MB.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { bundleBench } from './bundle';
import type { TrustPart } from '../part';
import type { BenchOrder, BenchReport } from './bench';

/** Kinds in the order of `kinds.ts`, with their share of the mutants: those that are drawn cost a hundred times the others. */
const kinds = [
  ['Parquet', 20],
  ['CSV', 20],
  ['CSV bytes', 10],
  ['mappings', 15],
  ['exports', 4],
  ['zips', 6],
  ['safetensors', 10],
  ['checkpoints', 5],
  ['addresses', 10],
] as const;
const quickCount = 800;
const fullCount = 1_000_000;
/** Silence after which a mutant counts as one that hangs, the machine being busy with other things too. */
const silenceMs = 10_000;
/** Silence after which mutants that are not told of one by one are met again, each told of. */
const orderMs = 60_000;
/** Mutants of one order: about a second of work. */
const batch = 500;
/** Milliseconds between two lines of a long part. */
const tellMs = 60_000;

/** What came of one kind so far. */
interface Count {
  readonly own: number;
  accepted: number;
  refused: number;
  slowest: number;
  /** Milliseconds of computing. */
  ms: number;
}

function ordersOf(seed: number, counts: readonly Count[]): BenchOrder[] {
  return counts.flatMap(({ own }, kind) =>
    Array.from({ length: Math.ceil(own / batch) }, (_, k) => ({
      seed,
      kind,
      from: k * batch,
      to: Math.min(own, (k + 1) * batch),
      closely: false,
    })),
  );
}

export const run: TrustPart = async ({ quick, seed, count }) => {
  const wanted = count ?? (quick ? quickCount : fullCount);
  // `npm test` runs the few beside its other stages.
  const lanes = quick ? 1 : availableParallelism();
  const counts = kinds.map(([, share]): Count => {
    const own = Math.max(1, Math.round((wanted * share) / 100));
    return { own, accepted: 0, refused: 0, slowest: 0, ms: 0 };
  });
  const failures: string[] = [];
  const waiting = ordersOf(seed, counts);
  const bundle = await bundleBench();

  function note(
    { kind }: BenchOrder,
    { accepted, refused, slowest, failures: found, ms }: BenchReport,
  ): void {
    const own = counts[kind]!;
    own.accepted += accepted;
    own.refused += refused;
    own.ms += ms;
    own.slowest = Math.max(own.slowest, slowest.ms);
    for (const { index, reason } of found)
      failures.push(`${kinds[kind]![0]} ${index}: ${reason} (seed ${seed})`);
  }

  async function lane(): Promise<void> {
    let bench = await Bench.open(bundle);
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const answer = await bench.perform(order);
      if (!('stuck' in answer)) {
        note(order, answer);
        continue;
      }
      bench = await Bench.open(bundle);
      if (!order.closely) {
        waiting.unshift({ ...order, closely: true });
        continue;
      }
      const { stuck } = answer;
      // The machine may have been busy: a mutant that hangs does so twice.
      const alone = { ...order, from: stuck, to: stuck + 1 };
      const again = await bench.perform(alone);
      if ('stuck' in again) {
        failures.push(`${kinds[order.kind]![0]} ${stuck}: ${again.why} (seed ${seed})`);
        bench = await Bench.open(bundle);
      } else note(alone, again);
      // Those before it went unheard, and those after it are still to be met.
      const rest = [
        { ...order, to: stuck },
        { ...order, from: stuck + 1 },
      ];
      waiting.unshift(...rest.filter(({ from, to }) => from < to));
    }
    bench.close();
  }

  const met = (): number => counts.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0);
  const telling = setInterval(
    () => console.log(`  ${met()} of ${wanted} mutants, ${failures.length} failures`),
    tellMs,
  );
  await Promise.all(Array.from({ length: lanes }, lane));
  clearInterval(telling);
  const told = counts.map(
    ({ own, accepted, refused, slowest, ms }, k) =>
      `${kinds[k]![0]} ${own} (${refused} refused, ${accepted} accepted, ${(ms / own).toFixed(2)} ms of computing each, at most ${slowest.toFixed(0)})`,
  );
  const ended = counts.map(({ accepted, refused }, k) => [kinds[k]![0], accepted + refused]);
  return {
    summary: told.join('; '),
    failures,
    attempts: met(),
    counts: Object.fromEntries(ended) as Record<string, number>,
  };
};

type Answer = BenchReport | { readonly stuck: number; readonly why: string };

/** One process under a watch of time; it watches its memory itself. */
class Bench {
  private constructor(private readonly child: ChildProcess) {}

  static async open(bundle: string): Promise<Bench> {
    const child = fork(bundle, { execArgv: ['--max-old-space-size=1024'] });
    await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', () => reject(new Error('The process that meets mutants did not start.')));
    });
    child.removeAllListeners('exit');
    return new Bench(child);
  }

  perform(order: BenchOrder): Promise<Answer> {
    const { child } = this;
    return new Promise((resolve) => {
      const patience = order.closely ? silenceMs : orderMs;
      let current = order.from;
      let since = performance.now();
      const settle = (answer: Answer): void => {
        clearInterval(watch);
        child.off('message', heard);
        child.off('exit', died);
        resolve(answer);
      };
      const heard = (message: number | BenchReport): void => {
        if (typeof message !== 'number') return settle(message);
        current = message;
        since = performance.now();
      };
      const died = (): void => settle({ stuck: current, why: 'it ended its process' });
      const watch = setInterval(() => {
        if (performance.now() - since < patience) return;
        settle({ stuck: current, why: 'it hangs' });
        child.kill('SIGKILL');
      }, 50);
      child.on('message', heard);
      child.on('exit', died);
      child.send(order);
    });
  }

  close(): void {
    this.child.kill();
  }
}

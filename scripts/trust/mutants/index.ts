/**
 * `npm run trust -- mutants`: spoiled files, mappings, exports and addresses. Each is refused in one sentence or can be used to its end,
 * within a second and 256 MB.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
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
const batch = 200;

export const run: TrustPart = async ({ quick, seed, count }) => {
  const wanted = count ?? (quick ? quickCount : fullCount);
  const failures: string[] = [];
  const counts: string[] = [];
  let bench = await Bench.open();
  for (const [k, [name, share]] of kinds.entries()) {
    const own = Math.max(1, Math.round((wanted * share) / 100));
    let accepted = 0;
    let refused = 0;
    let slowest = 0;
    for (let from = 0; from < own;) {
      const order = { seed, kind: k, from, to: Math.min(own, from + batch) };
      const answer = await bench.perform(order);
      if ('stuck' in answer) {
        bench = await Bench.open();
        // The machine may have been busy: a mutant that hangs does so twice.
        const again = await bench.perform({ ...order, from: answer.stuck, to: answer.stuck + 1 });
        if ('stuck' in again) {
          failures.push(`${name} ${answer.stuck}: ${again.why} (seed ${seed})`);
          bench = await Bench.open();
        }
        const before = order.from < answer.stuck ? await bench.perform({ ...order, to: answer.stuck }) : null;
        if (before && !('stuck' in before))
          [accepted, refused] = [accepted + before.accepted, refused + before.refused];
        from = answer.stuck + 1;
        continue;
      }
      accepted += answer.accepted;
      refused += answer.refused;
      slowest = Math.max(slowest, answer.slowest.ms);
      for (const { index, reason } of answer.failures)
        failures.push(`${name} ${index}: ${reason} (seed ${seed})`);
      from = order.to;
    }
    counts.push(
      `${name} ${own} (${refused} refused, ${accepted} accepted, at most ${slowest.toFixed(0)} ms)`,
    );
  }
  bench.close();
  return { summary: counts.join('; '), failures };
};

type Answer = BenchReport | { readonly stuck: number; readonly why: string };

/** Styles are the page's; pictures import them. */
const withoutStyles = `data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module';
   register('data:text/javascript,' + encodeURIComponent("export const load = (url, context, next) => url.endsWith('.css') ? { format: 'module', source: '', shortCircuit: true } : next(url, context)"));`,
)}`;

/** One process under a watch of time; it watches its memory itself. */
class Bench {
  private constructor(private readonly child: ChildProcess) {}

  static async open(): Promise<Bench> {
    const child = fork(fileURLToPath(new URL('./bench.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx', '--import', withoutStyles, '--max-old-space-size=1024'],
    });
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
        if (performance.now() - since < silenceMs) return;
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

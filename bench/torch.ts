/** PyTorch beside us: a process that measures a model's step whenever it is asked, so that both sides take turns. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { AnySettings } from '../src/models/settings';
import { benchShape } from './shape';

export interface Peer {
  readonly model: string;
  readonly batch: number;
  /** Trained numbers, table included: the same as ours where both are the same model. */
  readonly parameters: number;
  readonly threads: number;
  /** `openblas` or `mkl`; with `reference` this is no measure of PyTorch. */
  readonly blas: string;
  readonly msPerStep: number;
  readonly bestMsPerStep: number;
}

export interface TorchProcess {
  /** @throws Error with what the process said when it dies. */
  measure(model: string): Promise<Peer>;
  /** Ends it, whatever it is at. */
  close(): void;
}

/** @param settings of every model that will be asked for, by its id */
export function startTorch(
  settings: Readonly<Record<string, AnySettings>>,
  {
    batch,
    steps,
    threads,
    device = 'cpu',
  }: { batch: number; steps: number; threads: number; device?: 'cpu' | 'cuda' },
): TorchProcess {
  const script = fileURLToPath(new URL('./step.py', import.meta.url));
  const child = spawn(
    process.env.PYTHON ?? '/usr/bin/python3',
    [script, '--steps', String(steps), '--device', device],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        OPENBLAS_NUM_THREADS: String(threads),
        OMP_NUM_THREADS: String(threads),
        ...(threads > 1 && { OMP_WAIT_POLICY: 'PASSIVE', GOMP_SPINCOUNT: '0' }),
      },
    },
  );
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const failed = new Promise<never>((_, reject) => {
    child.on('error', ({ message }) => reject(new Error(`PyTorch did not start: ${message}`)));
    // What it said last may come after its exit; `close` waits for it.
    child.on('close', () => reject(new Error(`PyTorch: ${said.trim().split('\n').at(-1) || 'it ended'}`)));
  });
  failed.catch(() => undefined);
  // A broken pipe is told by the exit.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${JSON.stringify({ shape: benchShape(batch), models: settings })}\n`);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async measure(model) {
      child.stdin.write(`${model}\n`);
      const line: IteratorResult<string, unknown> = await Promise.race([lines.next(), failed]);
      return line.done ? failed : (JSON.parse(line.value) as Peer);
    },
    close() {
      child.stdin.end();
      child.kill();
    },
  };
}

/**
 * Times a training step of every registered model and prints JSON.
 *
 *     npm run -s bench -- [--models mix,mmoe] [--batch 256,1024] [--backends wasm,cpu,webgpu] [--steps 20] [--software] [--no-peers]
 *
 * WASM and CPU run in Node; WebGPU in headless Chromium, where a hardware adapter is found or `--software` allows the slow
 * software one. Beside them, the same step in PyTorch with one and with two threads, where python3 has torch.
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openBackend } from '../src/engine';
import { findModel, models } from '../src/models/registry';
import { withBenchPage } from './browser';
import { measure, type Measurement } from './measure';
import { measureSlider } from './slider';

interface Peer {
  readonly model: string;
  readonly batch: number;
  readonly threads: number;
  /** `openblas` or `mkl`; with `reference` the peer is no measure of PyTorch. */
  readonly blas: string;
  readonly msPerStep: number;
  readonly bestMsPerStep: number;
}

const { values } = parseArgs({
  options: {
    models: { type: 'string' },
    batch: { type: 'string', default: '256,1024' },
    backends: { type: 'string', default: 'wasm,cpu,webgpu' },
    steps: { type: 'string', default: '20' },
    software: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
  },
});

const names = values.models?.split(',') ?? models.map(({ id }) => id);
const batches = values.batch.split(',').map(Number);
const backends = values.backends.split(',');
const steps = Number(values.steps);

if (![...batches, steps].every((value) => Number.isInteger(value) && value > 0)) {
  throw new RangeError('--batch and --steps take whole numbers above 0, e.g. --batch 256,1024 --steps 20.');
}

/** Steps of a backend on which one takes seconds. */
const FEW = 3;

const notes: string[] = [];

async function inNode(backend: 'wasm' | 'cpu'): Promise<Measurement[]> {
  const info = await openBackend(backend);
  if (info.name !== backend) {
    notes.push(info.reason);
    return [];
  }
  const results: Measurement[] = [];
  // Plain JavaScript takes seconds a step: the smallest batch says enough.
  const sizes = backend === 'cpu' ? [Math.min(...batches)] : batches;
  for (const name of names) {
    for (const batch of sizes) {
      results.push(await measure(findModel(name), { batch, steps: backend === 'cpu' ? FEW : steps }));
    }
  }
  return results;
}

async function onWebGpu(): Promise<Measurement[]> {
  return withBenchPage(values.software, async (page) => {
    const software = values.software;
    const info = await page.evaluate((allow) => window.bench!.open(allow ? 'webgpu' : 'auto'), software);
    if (info.name !== 'webgpu') {
      notes.push(info.reason);
      return [];
    }
    const results: Measurement[] = [];
    for (const name of names) {
      for (const batch of info.software ? [Math.min(...batches)] : batches) {
        const options = { batch, steps: info.software ? FEW : steps };
        results.push(
          await page.evaluate(([id, given]) => window.bench!.measure(id, given), [name, options] as const),
        );
      }
    }
    return results;
  });
}

function peers(threads: 1 | 2): Peer[] {
  const script = fileURLToPath(new URL('./peers/step.py', import.meta.url));
  const results: Peer[] = [];
  for (const batch of batches) {
    const output = execFileSync(
      process.env.PYTHON ?? '/usr/bin/python3',
      [script, '--batch', String(batch), '--steps', String(steps), '--models', names.join(',')],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          OPENBLAS_NUM_THREADS: String(threads),
          OMP_NUM_THREADS: String(threads),
          ...(threads > 1 && { OMP_WAIT_POLICY: 'PASSIVE', GOMP_SPINCOUNT: '0' }),
        },
      },
    );
    results.push(...(JSON.parse(output) as Peer[]));
  }
  return results;
}

const results: Measurement[] = [];
for (const backend of backends) {
  try {
    if (backend === 'webgpu') results.push(...(await onWebGpu()));
    else if (backend === 'wasm' || backend === 'cpu') results.push(...(await inNode(backend)));
    else throw new RangeError(`There is no backend "${backend}"; known: wasm, cpu, webgpu.`);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    notes.push(`${backend}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

let torch: Peer[] = [];
if (!values['no-peers']) {
  try {
    torch = [...peers(1), ...peers(2)];
  } catch (error) {
    notes.push(`PyTorch: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

if (torch.some(({ blas }) => blas === 'reference')) {
  notes.push(
    'PyTorch: runs on reference BLAS, many times slower than OpenBLAS or MKL; install libopenblas0-pthread.',
  );
}

const slider = [measureSlider(100_000, 3), measureSlider(100_000, 25)];
const [cpu] = cpus();
const machine = { processor: cpu?.model ?? 'unknown', cores: cpus().length, node: process.version };
process.stdout.write(`${JSON.stringify({ machine, results, slider, peers: { torch }, notes }, null, 2)}\n`);

/** `lab simulate`: makes a dataset file and its manifest. */
import { writeFile } from 'node:fs/promises';
import { writeDataset } from '../../src/data/format';
import { KNOB_NAMES, simulate as run, SIZES, SIMULATIONS } from '../../src/data/simulate';
import { flag, UsageError } from './usage';
import type { SizeName } from '../../src/data/simulate';
import type { Flags } from './usage';

const OWN = ['twin', 'dataset', 'size', 'seed', 'out'];

interface Order {
  readonly twin: string;
  readonly size: SizeName;
  readonly seed: number;
  readonly knobs: Readonly<Record<string, number>>;
  readonly out: string | null;
}

function orderOf(flags: Flags): Order {
  const twin = flag(flags, 'twin') ?? flag(flags, 'dataset') ?? 'aliccp-3';
  if (!SIMULATIONS.some(({ id }) => id === twin)) {
    throw new UsageError(`There is no twin "${twin}"; known: ${SIMULATIONS.map(({ id }) => id).join(', ')}.`);
  }
  const asked = flag(flags, 'size') ?? 'small';
  const size = SIZES.find((name) => name === asked);
  if (!size) throw new UsageError(`--size must be one of ${SIZES.join(', ')}, not "${asked}".`);
  const seed = Number(flag(flags, 'seed') ?? '1');
  if (!Number.isInteger(seed) || seed < 0) throw new UsageError('--seed must be a whole number from 0 on.');
  const knobs: Record<string, number> = {};
  for (const [name, values] of flags.values) {
    if (OWN.includes(name)) continue;
    if (!KNOB_NAMES.some((knob) => knob === name)) {
      throw new UsageError(`The simulator has no knob "${name}"; it has ${KNOB_NAMES.join(', ')}.`);
    }
    const value = Number(values.at(-1));
    if (!Number.isFinite(value)) throw new UsageError(`--${name} must be a number, not "${values.at(-1)}".`);
    knobs[name] = value;
  }
  return { twin, size, seed, knobs, out: flag(flags, 'out') };
}

export async function simulate(flags: Flags): Promise<void> {
  const { out, ...request } = orderOf(flags);
  const dataset = await run(request);
  const path = out ?? `${dataset.id}.parquet`;
  const { parquet, manifest } = writeDataset(dataset);
  const beside = path.replace(/\.parquet$/, '') + '.json';
  await Promise.all([writeFile(path, parquet), writeFile(beside, `${JSON.stringify(manifest, null, 2)}\n`)]);
  const facts = {
    id: dataset.id,
    title: dataset.title,
    rows: dataset.rows,
    scenarios: dataset.scenarios.length,
    fingerprint: dataset.fingerprint,
    parquet: path,
    manifest: beside,
  };
  process.stdout.write(
    flags.switches.has('json')
      ? `${JSON.stringify(facts, null, 2)}\n`
      : `${facts.title}: ${facts.rows} rows, ${facts.scenarios} scenarios, written to ${path} and ${beside}\n`,
  );
}

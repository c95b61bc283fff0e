/** What the command line understands. */
import { listed } from '../commandLine.mjs';

/** Wrong usage: one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Usage:
  npm run -s lab -- train [options]      train one model and print what came out
  npm run -s lab -- export FILE [options] write a run (or a checkpoint) as a zip that goes on in PyTorch
  npm run -s lab -- list [--json]        print models, settings, procedures and datasets
  npm run -s lab -- inspect FILE [--json] look at a CSV or Parquet file; the JSON holds facts, notices and the
                                         proposed mapping, as --map takes it
  npm run -s lab -- simulate [options]   make a dataset file

train:
  --model ID --dataset ID --seed N --steps N --batch N --preset paper|browser|tiny|comparable
  --backend wasm|cpu|webgpu              default wasm
  --threads N                            threads of WASM, default 1; they do not change the numbers
  --NAME VALUE                           any hyper-parameter or ablation by its own name
  --data FILE [--map FILE]               train on a CSV or Parquet file; FILE of --map holds the mapping as JSON
  --json                                 print settings, history, final metrics and timings as JSON
  --save FILE, --weights FILE            write, read weights (safetensors)
  --checkpoint FILE, --resume FILE       write, read everything needed to go on
  --export FILE.zip [--rows]             write everything needed to go on in PyTorch, with the dataset's rows if asked for
  --predict FILE                         write one CSV row per evaluation row
  --probe NAME                           add a probe to the JSON (may be repeated); "representation" adds hidden
                                         vectors of up to 2,000 test rows

export:
  --out FILE.zip                         the zip; its README.md says how to go on
  --rows                                 the dataset's rows come along
  --data FILE [--map FILE]               the CSV or Parquet file that the run was trained on

simulate:
  --twin ID --size small|medium|large --seed N --out FILE.parquet   (the manifest goes to FILE.json)
  --NAME VALUE                           any knob of the simulator by its own name`;

export interface Flags {
  /** Flags with a value, in order; a flag may come twice. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Flags without a value. */
  readonly switches: ReadonlySet<string>;
}

/** Flags that stand alone. */
const SWITCHES = new Set(['json', 'help', 'rows']);

/** @throws UsageError for words that are no flags, and flags without their value */
export function readFlags(words: readonly string[]): Flags {
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) throw new UsageError(`"${word}" is not an option; options start with --.`);
    const [name, inline] = word.slice(2).split(/=(.*)/s, 2) as [string, string | undefined];
    if (SWITCHES.has(name)) {
      switches.add(name);
      continue;
    }
    const value = inline ?? words[++i];
    if (value === undefined) throw new UsageError(`--${name} needs a value.`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { values, switches };
}

/** The last value of a flag, or null. */
export function flag(flags: Flags, name: string): string | null {
  return flags.values.get(name)?.at(-1) ?? null;
}

/** Names of a flag that takes several with commas between, or null. @throws UsageError where one of them is empty */
export function namesOf(flags: Flags, name: string): readonly string[] | null {
  const refused = (sentence: string): never => {
    throw new UsageError(sentence);
  };
  return listed(`--${name}`, flag(flags, name) ?? undefined, refused) ?? null;
}

/** Threads of WASM; null where they were not asked for. @throws UsageError unless a whole number above 0 */
export function threadsOf(flags: Flags): number | null {
  const given = flag(flags, 'threads');
  if (given === null) return null;
  const threads = Number(given);
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UsageError('--threads must be a whole number above 0.');
  }
  return threads;
}

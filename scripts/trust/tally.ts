/** Sittings of a part that add up: one line of JSON each in `docs/trust.jsonl`, and no attempt counted twice. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface Sitting {
  readonly part: string;
  /** Seeds `seed` … `seed + seeds - 1` were used up: what they draw is not counted again. */
  readonly seed: number;
  readonly seeds: number;
  readonly attempts: number;
  readonly failures: number;
  readonly seconds: number;
  /** Attempts by kind. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** @param text lines of JSON, empty ones among them */
export function readSittings(text: string): readonly Sitting[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Sitting);
}

type Seeds = Pick<Sitting, 'part' | 'seed' | 'seeds'>;

/** The sitting that drew some of these attempts before; undefined where none did. */
export function drawnBefore(sittings: readonly Sitting[], { part, seed, seeds }: Seeds): Sitting | undefined {
  return sittings.find((one) => one.part === part && one.seed < seed + seeds && seed < one.seed + one.seeds);
}

/** Attempts by kind of all sittings that a part is of, most first. */
export function countsOf(sittings: readonly Sitting[], part: string): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const { counts } of sittings.filter((one) => one.part === part))
    for (const [kind, count] of Object.entries(counts ?? {})) sums.set(kind, (sums.get(kind) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([, a], [, b]) => b - a));
}

/** What all sittings of a part come to, in one sentence. */
export function sumOf(sittings: readonly Sitting[], part: string): string {
  const own = sittings.filter((one) => one.part === part);
  const total = (what: 'attempts' | 'failures' | 'seconds') => own.reduce((sum, one) => sum + one[what], 0);
  const rate = total('seconds') > 0 ? (total('attempts') / total('seconds')).toFixed(1) : 'undefined';
  const kinds = Object.entries(countsOf(own, part)).map(([kind, count]) => `${kind} ${count}`);
  return `${part}: ${total('attempts')} attempts and ${total('failures')} failures in ${own.length} sittings, ${rate} a second${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}.`;
}

const file = new URL('../../docs/trust.jsonl', import.meta.url);

export const storedSittings = (): readonly Sitting[] =>
  existsSync(file) ? readSittings(readFileSync(file, 'utf8')) : [];

export function keepSitting(sitting: Sitting): void {
  appendFileSync(file, `${JSON.stringify(sitting)}\n`);
}

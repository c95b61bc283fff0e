import { DifferenceBars } from '../../../beside/DifferenceBars';
import { INK } from '../../../colour/tokens';
import { Figure } from '../../../figure/Figure';
import type { Change } from '../changes';
import { overSeeds, seedsInWords } from './overSeeds';

/** What one pair of runs came to. */
export interface SeedChanges {
  readonly seed: number;
  readonly changes: readonly Change[];
}

/** The same two models over several seeds: mean change, and what chance allows. */
export function SeedsTogether({ seeds }: { readonly seeds: readonly SeedChanges[] }) {
  if (seeds.length < 2) return null;
  const bars = overSeeds(seeds.map(({ changes }) => changes));
  return (
    <Figure
      name="learn-seeds"
      title={`Your ${seeds.length} seeds together`}
      headline={seedsInWords(bars, seeds.length)}
      reading="Bar: mean change over the seeds that you trained. Line: its 95 % interval; where it crosses zero, chance alone may explain the bar."
      table={{
        columns: ['scenario', ...seeds.map(({ seed }) => `seed ${seed}`), 'mean', 'low', 'high'],
        rows: bars.map(({ name, values, value, interval }) => [
          name,
          ...values,
          value,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
        ]),
      }}
    >
      <DifferenceBars
        label={`Mean change over ${seeds.length} seeds; the numbers are in the table.`}
        bars={bars.map((bar) => ({ ...bar, colour: INK }))}
      />
    </Figure>
  );
}

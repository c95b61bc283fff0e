/** How rows that had a tuning budget stand in a stored study. Knows no models: the report reads it. */
import type { StoredStudy, StudyVariant } from './studySchema';

/** What a variant is called that was tuned in a world. */
export const tunedId = (of: string, world: string): string => `${of}~${world}`;

/** Variants that were tuned in a world, by what they are as they come. */
export function tunedIn({ variants }: StoredStudy, world: string): ReadonlyMap<string, StudyVariant> {
  return new Map(
    variants.flatMap((variant) =>
      variant.tuned?.world === world ? [[variant.tuned.of, variant] as const] : [],
    ),
  );
}

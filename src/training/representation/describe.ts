/** What a representation's figure shows without being asked: components at once, then how scenarios relate. */
import { meanCosines, rowCosines } from './cosines';
import { principalComponents } from './pca';
import { separation } from './separation';
import type { CosineMatrix } from './cosines';
import type { Components } from './pca';
import type { Points } from './points';
import type { Separation } from './separation';

export interface Relations {
  readonly separation: Separation;
  readonly cosines: {
    /** Between the scenarios' means. */
    readonly means: CosineMatrix;
    /** Between the means after what all scenarios share is taken off. */
    readonly centred: CosineMatrix;
    /** Mean over rows between a row's vectors in two scenarios; null where a row has one vector. */
    readonly rows: CosineMatrix | null;
  };
}

export type { Components };

/** The projection itself: the first two principal components. */
export function componentsOf(points: Points): Components {
  return principalComponents(points, 2);
}

/** The numbers beside it, which take longer: every pair of points is looked at. */
export function relationsOf(points: Points): Relations {
  return {
    separation: separation(points),
    cosines: {
      means: meanCosines(points, false),
      centred: meanCosines(points, true),
      rows: rowCosines(points),
    },
  };
}

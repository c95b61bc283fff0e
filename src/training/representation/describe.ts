/** Everything that a representation's pictures show at once: components, cosines, separation. */
import { meanCosines, rowCosines } from './cosines';
import { principalComponents } from './pca';
import { separation } from './separation';
import type { CosineMatrix } from './cosines';
import type { Components } from './pca';
import type { Points } from './points';
import type { Separation } from './separation';

export interface Description {
  readonly components: Components;
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

export function describePoints(points: Points): Description {
  return {
    components: principalComponents(points, 2),
    separation: separation(points),
    cosines: {
      means: meanCosines(points, false),
      centred: meanCosines(points, true),
      rows: rowCosines(points),
    },
  };
}

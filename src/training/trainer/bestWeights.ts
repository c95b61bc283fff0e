/** The weights of the best evaluation, kept on the device, and how long ago that was. */
import { judge, noBest } from './bestMetric';
import { copyWeights } from './weights';
import type { Variable } from '../../engine';
import type { Metrics } from '../metrics';
import type { WeightsCopy } from './contract';
import type { Best, StopMetric } from './bestMetric';
import type { Part, PartPosition } from './part';

/** Before the names of the weights in a position's arrays. */
const PREFIX = 'best.';

export interface BestWeights extends Part<{ readonly best: Best }> {
  /** Keeps the present weights where these metrics are the best so far. */
  update(metrics: Metrics, step: number): void;
  /** Whether so many evaluations brought no improvement. */
  exhausted(patience: number): boolean;
  /** Counts evaluations without improvement anew. */
  restartPatience(): void;
  /** Forgets the best: what follows is judged by itself. */
  forget(): void;
  /** How often they have changed: a position taken at the same number holds the same. */
  readonly revision: number;
  /** @param read false: without the arrays, where they are known already */
  position(read?: boolean): Promise<PartPosition<{ readonly best: Best }>>;
  /** Writes the best weights back. @returns their step, null where no evaluation was defined */
  restore(): number | null;
  dispose(): void;
}

export function createBestWeights(variables: readonly Variable[], metric: StopMetric): BestWeights {
  let best: Best = noBest;
  let kept: WeightsCopy | null = null;
  let revision = 0;
  const keep = (next: WeightsCopy | null): void => {
    kept?.dispose();
    kept = next;
    revision++;
  };
  return {
    get revision() {
      return revision;
    },
    update(metrics, step) {
      const { best: next, improved } = judge(best, metric, metrics, step);
      best = next;
      if (improved) keep(copyWeights(variables));
    },
    exhausted: (patience) => best.value !== null && best.since >= patience,
    restartPatience() {
      best = { ...best, since: 0 };
    },
    forget() {
      best = noBest;
      keep(null);
    },
    restore() {
      if (!kept) return null;
      kept.restore();
      return best.step;
    },
    async position(read = true) {
      const weights = kept && read ? (await kept.read()).arrays : {};
      return {
        state: { best },
        arrays: Object.fromEntries(Object.entries(weights).map(([name, values]) => [PREFIX + name, values])),
      };
    },
    restorePosition({ state, arrays }) {
      ({ best } = state);
      const weights = Object.fromEntries(
        Object.entries(arrays)
          .filter(([name]) => name.startsWith(PREFIX))
          .map(([name, values]) => [name.slice(PREFIX.length), values]),
      );
      keep(Object.keys(weights).length > 0 ? copyWeights(variables, { arrays: weights }) : null);
    },
    dispose: () => keep(null),
  };
}

/** What a switch changed, by scenario, and what that says of a prediction. */
import type { Difference } from '../../beside/pair';
import type { PredictStory } from './story';

/** Scenarios with less of the traffic are small. */
const SMALL_SHARE = 0.01;

interface Part {
  readonly id: string;
  readonly name: string;
  readonly share: number;
}

/** Ids of the scenarios with much and with little of the traffic. */
export function sizesOf(scenarios: readonly Pick<Part, 'id' | 'share'>[]): {
  readonly large: readonly string[];
  readonly small: readonly string[];
} {
  const ids = (small: boolean) =>
    scenarios.filter(({ share }) => share < SMALL_SHARE === small).map(({ id }) => id);
  return { large: ids(false), small: ids(true) };
}

export interface Change {
  readonly id: string;
  readonly name: string;
  readonly value: number | null;
}

/** Choices of a prediction; `none` is always one. */
export function choicesOf(
  among: PredictStory['among'],
  scenarios: readonly Part[],
): readonly { id: string; name: string }[] {
  const some =
    among === 'scenarios'
      ? scenarios.map(({ id, name }) => ({ id, name }))
      : [
          { id: 'large', name: 'the large' },
          { id: 'small', name: 'the small' },
        ];
  return [...some, { id: 'none', name: 'none of them' }];
}

/** Change by choice: of each scenario, or the mean of large and small ones by traffic; without those that are undefined. */
export function changesAmong(
  among: PredictStory['among'],
  scenarios: readonly Part[],
  found: readonly Difference[],
): readonly Change[] {
  const value = (id: string): number | null => found.find((one) => one.id === id)?.value ?? null;
  if (among === 'scenarios') return scenarios.map(({ id, name }) => ({ id, name, value: value(id) }));
  const mean = (ids: readonly string[]): number | null => {
    let [sum, traffic] = [0, 0];
    for (const { id, share } of scenarios) {
      const change = value(id);
      if (!ids.includes(id) || change === null) continue;
      sum += share * change;
      traffic += share;
    }
    return traffic > 0 ? sum / traffic : null;
  };
  const { large, small } = sizesOf(scenarios);
  return [
    { id: 'large', name: 'the large', value: mean(large) },
    { id: 'small', name: 'the small', value: mean(small) },
  ];
}

/** Who lost most; null where nobody lost. */
export function loserOf(changes: readonly Change[]): Change | null {
  return changes.reduce<Change | null>(
    (worst, one) => (one.value !== null && one.value < (worst?.value ?? 0) ? one : worst),
    null,
  );
}

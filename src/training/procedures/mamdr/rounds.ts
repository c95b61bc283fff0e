/** What a round of MAMDR does, as a list of small actions: a run may be broken off between any two of them. */
import { permutation } from '../../../engine';

export type Action =
  | { readonly kind: 'load'; readonly from: 'shared' | number }
  /** One batch of a scenario's rows. */
  | { readonly kind: 'train'; readonly scenario: number }
  | { readonly kind: 'moveShared' }
  | { readonly kind: 'moveOwn'; readonly scenario: number };

export interface Round {
  /** Scenarios in the order of their turns. */
  readonly order: readonly number[];
  /** Of each scenario by its number, those that it meets before its own rows; empty where its own weights do not train. */
  readonly helpers: readonly (readonly number[])[];
}

/** @param scenarios those with training rows; @param count N */
export function drawRound(
  seed: number,
  round: number,
  scenarios: readonly number[],
  count: number,
  helpers: number,
): Round {
  const draw = (name: string, of: readonly number[]): number[] =>
    Array.from(permutation(seed, `round ${round} ${name}`, of.length), (at) => of[at]!);
  const helpersOf = (scenario: number): readonly number[] => {
    const others = scenarios.filter((other) => other !== scenario);
    return draw(`helpers of ${scenario}`, others).slice(0, helpers);
  };
  return {
    order: draw('order', scenarios),
    helpers: Array.from({ length: count }, (_, n) => (scenarios.includes(n) ? helpersOf(n) : [])),
  };
}

/**
 * Algorithm 3: the shared weights negotiate over all scenarios in turn; then each scenario's own weights learn, helper by helper.
 *
 * @param batches how many batches a visit to a scenario takes
 */
export function actionsOf({ order, helpers }: Round, batches: (scenario: number) => number): Action[] {
  const visit = (scenario: number): Action[] =>
    Array.from({ length: batches(scenario) }, () => ({ kind: 'train', scenario }));
  const helped = (scenario: number, helper: number): Action[] => [
    { kind: 'load', from: scenario },
    ...visit(helper),
    ...visit(scenario),
    { kind: 'moveOwn', scenario },
  ];
  return [
    { kind: 'load', from: 'shared' },
    ...order.flatMap(visit),
    { kind: 'moveShared' },
    ...order.flatMap((scenario) => helpers[scenario]!.flatMap((helper) => helped(scenario, helper))),
  ];
}

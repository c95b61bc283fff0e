/** What representations, coefficients, single rows and slices come to, in words, from the numbers on show. Null: nothing can be said yet. */
import { formatAuc, formatNumber, formatPercent } from '../../format';

interface Named {
  readonly label: string;
}

/** How far above chance something must be to be called more than chance, as a part of what is left above it. */
const MORE_THAN_CHANCE = 0.05;

/** Whether hidden vectors tell scenarios apart. */
export function separationHeadline({
  between,
  betweenChance,
  neighbours,
  chance,
}: {
  readonly between: number | null;
  readonly betweenChance: number | null;
  readonly neighbours: number | null;
  readonly chance: number | null;
}): string {
  if (between === null) return 'The points do not vary, so nothing parts the scenarios.';
  const expected = betweenChance ?? 0;
  const parted = between - expected > MORE_THAN_CHANCE * (1 - expected);
  const near =
    neighbours !== null && chance !== null && neighbours - chance > MORE_THAN_CHANCE * (1 - chance);
  const numbers = `${formatPercent(between)} of the variance lies between them, by chance ${formatPercent(betweenChance)}`;
  if (parted) return `Scenarios stand apart: ${numbers}.`;
  return near
    ? `Scenarios' means hardly differ (${numbers}), yet ${formatPercent(neighbours)} of neighbours are of the same scenario, by chance ${formatPercent(chance)}.`
    : `This layer hardly tells scenarios apart: ${numbers}.`;
}

interface Median {
  readonly median: number | null;
}

/** Medians of SAR-Net's coefficients at the newest refresh. */
export function fairnessHeadline(
  points: readonly {
    readonly step: number;
    readonly groups: Readonly<Record<'intervened' | 'other' | 'all', Median>>;
  }[],
): string | null {
  const last = points.at(-1);
  if (!last) return null;
  const { intervened, other, all } = last.groups;
  if (intervened.median === null || other.median === null)
    return all.median === null
      ? `At step ${last.step} the coefficients are undefined.`
      : `At step ${last.step} half of the items have a coefficient below ${formatNumber(all.median)}; which were promoted is not known.`;
  const difference = other.median - intervened.median;
  const said =
    Math.abs(difference) < 0.005
      ? 'as other items’'
      : `${formatNumber(Math.abs(difference))} ${difference > 0 ? 'below' : 'above'} other items’`;
  return `At step ${last.step} promoted items’ median coefficient is ${formatNumber(intervened.median)}, ${said} (simulated).`;
}

/** AUC of finding promoted rows by a low coefficient, at the newest refresh. */
export function recoveryHeadline(
  points: readonly { readonly step: number; readonly auc: number }[],
): string | null {
  const last = points.at(-1);
  if (!last) return null;
  const said =
    Math.abs(last.auc - 0.5) < 0.02
      ? 'no better than chance'
      : last.auc > 0.5
        ? 'better than chance'
        : 'worse than chance: low coefficients fall on other rows';
  return `At step ${last.step} low coefficients find promoted rows with AUC ${formatAuc(last.auc)}, ${said} (simulated).`;
}

/** One row in every scenario: where it would be clicked most, and how far the model is off. */
export function rowHeadline(
  answer: {
    readonly row: number;
    readonly scenario: number;
    readonly probability: ArrayLike<number>;
    readonly truth: ArrayLike<number> | null;
  },
  names: readonly string[],
): string {
  const { row, scenario, probability, truth } = answer;
  const name = (s: number): string => names[s] ?? `scenario ${s + 1}`;
  const at = `Row ${row} in ${name(scenario)}: predicted ${formatPercent(probability[scenario])}${
    truth ? `, true ${formatPercent(truth[scenario])} (simulated)` : ''
  }`;
  const values = Array.from(probability);
  if (values.length < 2) return `${at}.`;
  const [most, least] = [Math.max(...values), Math.min(...values)];
  if (most - least < 1e-6) return `${at}; the model expects the same in every scenario.`;
  const best = values.indexOf(most);
  const there =
    best === scenario ? 'highest of all here' : `highest in ${name(best)}, ${formatPercent(most)}`;
  if (!truth) return `${at}; ${there}.`;
  const right = Array.from(truth);
  const truly = right.indexOf(Math.max(...right));
  return `${at}; ${there}${truly === best ? ', as it truly is' : `, truly in ${name(truly)}`}.`;
}

/** Test rows by a field's values: which rank best and worst. */
export function slicesHeadline(
  field: string,
  slices: readonly { readonly name: string; readonly auc: number | null }[],
): string | null {
  if (slices.length === 0) return null;
  const known = slices.flatMap(({ name, auc }) => (auc === null ? [] : [{ name, auc }]));
  if (known.length === 0) return `No value of ${field} has an AUC that is defined.`;
  if (known.length === 1)
    return `Only ${known[0]!.name} has an AUC that is defined: ${formatAuc(known[0]!.auc)}.`;
  const best = known.reduce((a, b) => (b.auc > a.auc ? b : a));
  const worst = known.reduce((a, b) => (b.auc < a.auc ? b : a));
  if (best.auc === worst.auc) return `Every value of ${field} ranks alike: ${formatAuc(best.auc)}.`;
  return `By ${field} the model ranks best at ${best.name} (${formatAuc(best.auc)}) and worst at ${worst.name} (${formatAuc(worst.auc)}).`;
}

/** How scenarios are sorted into clusters, and whether the simulator's groups agree. */
export function clustersHeadline(
  groups: readonly { readonly names: readonly string[] }[],
  agreement: number | null,
): string | null {
  const count = groups.reduce((sum, { names }) => sum + names.length, 0);
  if (count === 0) return null;
  const largest = groups.reduce((a, b) => (b.names.length > a.names.length ? b : a));
  const said =
    groups.length === 1
      ? `All ${count} scenarios share one tower`
      : `${count} scenarios share ${groups.length} towers, the largest ${largest.names.length} of them`;
  return agreement === null
    ? `${said}.`
    : `${said}; agreement with the simulator’s groups is ${formatNumber(agreement)} (1 the same, 0 chance).`;
}

/** How many scenarios meet in an expert: `use [scenarios, experts]`, 0 where a scenario does without. */
export function sharedExpertsHeadline(
  use: ArrayLike<number>,
  scenarios: number,
  experts: readonly Named[],
): string | null {
  if (scenarios === 0 || experts.length === 0) return null;
  const users = experts.map((_, e) =>
    Array.from({ length: scenarios }, (_one, s) => Number(use[s * experts.length + e]! > 0)).reduce(
      (sum, one) => sum + one,
      0,
    ),
  );
  const shared = users.filter((count) => count === scenarios).length;
  if (shared === experts.length) return `Every scenario uses all ${experts.length} experts.`;
  const least = users.indexOf(Math.min(...users));
  return `${shared} of ${experts.length} experts serve every scenario; ${experts[least]!.label} serves the fewest, ${users[least]} of ${scenarios}.`;
}

/** Names of metrics and of what they are taken over, as people read them. */
const METRICS: Readonly<Record<string, string>> = {
  auc: 'AUC',
  noiseFreeAuc: 'noise-free AUC',
  interestAuc: 'interest AUC',
  logLoss: 'log loss',
  organicAuc: 'AUC of organic rows',
  severalScenariosAuc: 'AUC of people in several scenarios',
  recoveryAuc: 'AUC of finding intervened rows',
  interestAucFixedSlot: 'interest AUC, do(slot)',
  interestAucAtBestC: 'interest AUC at the best c',
  counterfactualError: 'counterfactual error',
  votesError: 'counterfactual error of votes',
  votesErrorOwn: 'counterfactual error of the own prediction',
  gateRecovery: 'AUC of finding the fields that count',
  density: 'density of masks',
  overlapTree: 'overlap against the tree',
  overlapRelatedness: 'overlap against relatedness',
};

const PARTS: Readonly<Record<string, string>> = {
  overall: 'all rows',
  mean: 'mean by traffic',
  minor: 'scenarios below 2 % of traffic',
  major: 'scenarios of 2 % of traffic and more',
  largest: 'the scenario with most traffic',
  smallest: 'the scenario with least traffic',
  major5: 'the five scenarios with most traffic',
  minor5: 'the five scenarios with least traffic',
  minor10: 'the ten scenarios with least traffic',
};

/** `noise-free AUC`; the name itself where a paper alone has the metric. */
export function metricWords(metric: string): string {
  const [, stem, c] = /^(interestAuc|noiseFreeAuc)AtC(-?[\d.]+)$/.exec(metric) ?? [];
  if (stem !== undefined && c !== undefined) return `${METRICS[stem] ?? stem} at c = ${c.replace('-', '−')}`;
  return METRICS[metric] ?? metric;
}

/** The metric of a printed table that is compared by this one: a log has drawn clicks alone, so papers print the AUC of those. */
export function printedMetricWords(metric: string): string {
  return metricWords(metric === 'noiseFreeAuc' ? 'auc' : metric);
}

/** `all rows`, `mean by traffic`, `scenarios below 2 % of traffic`, or a scenario by name. */
export function partWords(
  of: string,
  scenarios: readonly { readonly id: string; readonly name: string }[],
): string {
  const known = PARTS[of];
  if (known !== undefined) return known;
  const place = /^#(\d+)$/.exec(of)?.[1];
  if (place !== undefined) return `scenario number ${place} by traffic`;
  return scenarios.find(({ id }) => id === of)?.name ?? of;
}

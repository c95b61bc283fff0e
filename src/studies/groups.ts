/** Runs that differ in nothing but their seed are one column: its mean and spread. */
import { findModel } from '../models/registry';
import type { SettingValue } from '../models/settings';
import { presetNames, presetSettings } from '../training/setup';
import { aucOfKind, domainAucOfKind, missingAuc } from '../training/metrics/aucKind';
import type { AucKind, MissingAuc } from '../training/metrics/aucKind';
import type { Metrics } from '../training/metrics/types';
import type { RunRecord, RunSetup } from '../training/runRecord';
import { pairedDifference, spread } from './statistics';
import type { Spread } from './statistics';
import { formatSetting } from './format';
import { modelTitle, settingDifferences, setupKey } from './setups';

/** What comparing needs to know of a run. */
export interface ComparedRun {
  readonly setup: RunSetup;
  readonly scenarios: RunRecord['scenarios'];
  /** Figures of the last evaluation. */
  readonly latest: Metrics | null;
  /** Figures on the test rows with the best weights, once the run is done. */
  readonly final: Metrics | null;
}

export interface RunGroup<Run extends ComparedRun = ComparedRun> {
  readonly key: string;
  readonly label: string;
  /** One a seed, at least one. */
  readonly runs: readonly [...Run[], Run];
}

/** How a group departs from the reference, as the end of a sentence that begins with the group's name. */
export function differencesInWords(group: RunGroup, reference: RunGroup): string {
  const [own, theirs] = [group.runs[0].setup, reference.runs[0].setup];
  const said = settingDifferences([own, theirs]).map(({ name, label, values: [ours, other] }) => {
    if (name === 'model') return `is ${ours} instead of ${other}`;
    if (name === 'dataset') return `is trained on ${ours} instead of ${other}`;
    return `has ${label} ${ours} instead of ${other}`;
  });
  const alone = own.model === theirs.model ? [] : ['has settings that only its model has'];
  const seeds = (one: RunGroup) => one.runs.map((run) => run.setup.seed).sort((a, b) => a - b);
  const [mine, its] = [seeds(group).join(', '), seeds(reference).join(', ')];
  const otherSeeds = mine === its ? [] : [`was trained with other seeds (${mine} instead of ${its})`];
  const all = [...said, ...alone, ...otherSeeds];
  const last = all.at(-1);
  if (last === undefined) return 'does not differ.';
  return all.length === 1 ? `${last}.` : `${all.slice(0, -1).join(', ')} and ${last}.`;
}

/** The paper's name of a variant where the settings are one of its variants. */
function variantName(setup: RunSetup): string | null {
  let definition;
  try {
    definition = findModel(setup.model);
  } catch {
    return null;
  }
  const same = (a: SettingValue | undefined, b: SettingValue | undefined) =>
    a !== undefined && b !== undefined && formatSetting(a) === formatSetting(b);
  for (const preset of presetNames) {
    const base = presetSettings(setup.model, preset);
    for (const variant of definition.variants) {
      const wanted = { ...base, ...variant.settings };
      // A table's complete model is the model itself.
      if (Object.keys(base).every((name) => same(base[name], wanted[name]))) continue;
      if (Object.keys(base).every((name) => same(setup.settings[name], wanted[name]))) return variant.name;
    }
  }
  return null;
}

/** Settings of the model that differ from those of the sizes that they are nearest to: what was changed by hand. */
function changedByHand({ model, settings }: RunSetup): ReadonlySet<string> {
  let fewest: readonly string[] | null = null;
  for (const preset of presetNames) {
    let base;
    try {
      base = presetSettings(model, preset);
    } catch {
      break;
    }
    const own = Object.keys(settings).filter((name) => {
      const [here, there] = [settings[name], base[name]];
      return here !== undefined && (there === undefined || formatSetting(here) !== formatSetting(there));
    });
    if (fewest === null || own.length < fewest.length) fewest = own;
  }
  return new Set(fewest ?? Object.keys(settings));
}

/** Groups in the order of their first run, each labelled by what sets it apart. */
export function groupRuns<Run extends ComparedRun>(all: readonly Run[]): readonly RunGroup<Run>[] {
  const byKey = new Map<string, readonly [...Run[], Run]>();
  for (const run of all) {
    const key = setupKey(run.setup);
    // Of two runs with one set-up and one seed the later counts: they are the same experiment.
    const runs = (byKey.get(key) ?? []).filter((other) => other.setup.seed !== run.setup.seed);
    byKey.set(key, [...runs, run]);
  }
  const groups = [...byKey];
  const differ = settingDifferences(groups.map(([, runs]) => runs[0].setup));
  const oneModel = groups.length > 1 && !differ.some(({ name }) => name === 'model');
  /** @param all also what differs only because models come in different sizes */
  const labelOf = (runs: readonly [...Run[], Run], g: number, all: boolean): string => {
    const { setup } = runs[0];
    const variant = variantName(setup);
    const byHand = changedByHand(setup);
    const apart = differ
      .filter(
        ({ name }) => name !== 'model' && (all || setup.settings[name] === undefined || byHand.has(name)),
      )
      .slice(0, 3)
      .map(({ label, values }) => `${label} ${values[g] ?? ''}`);
    const detail = variant ?? (apart.length > 0 ? apart.join(', ') : null);
    const model = modelTitle(setup.model);
    return detail === null ? model : oneModel ? detail : `${model}, ${detail}`;
  };
  const labels = groups.map(([, runs], g) => labelOf(runs, g, oneModel));
  return groups.map(([key, runs], g) => {
    const label = labels[g] ?? '';
    const alone = labels.every((other, k) => k === g || other !== label);
    return { key, label: alone ? label : labelOf(runs, g, true), runs };
  });
}

/** AUC of a scenario (by id, or the mean over scenarios) in every run of a group. */
function aucs(group: RunGroup, scenario: string | null, kind: AucKind): readonly (number | null)[] {
  return group.runs.map((run) => {
    const metrics = run.final ?? run.latest;
    if (!metrics) return null;
    if (scenario === null) return domainAucOfKind(kind, metrics);
    const index = run.scenarios.findIndex((one) => one.id === scenario);
    return index < 0 ? null : aucOfKind(kind, metrics.scenarios[index]);
  });
}

export interface CompareCell {
  readonly spread: Spread | null;
  /** Why there is no mean; null where there is one, and `not met` where no run of the group knows the scenario. */
  readonly missing: MissingAuc | 'not met' | null;
  /** Mean minus the reference's, over the seeds that both have; null for the reference itself. */
  readonly difference: number | null;
  /** Student's paired test over the seeds that both have; null with fewer than two. */
  readonly p: number | null;
  readonly pairs: number;
}

/** Why none of a group's runs has an AUC of a scenario. */
function whyNone(group: RunGroup, scenario: string | null, kind: AucKind): MissingAuc | 'not met' {
  const met = group.runs.flatMap((run) => {
    const index = run.scenarios.findIndex((one) => one.id === scenario);
    return scenario === null || index >= 0 ? [(run.final ?? run.latest)?.scenarios[index]] : [];
  });
  if (met.length === 0) return 'not met';
  return met.some((metrics) => missingAuc(kind, metrics) === 'too few') ? 'too few' : 'undefined';
}

/** A group against the reference group, paired by seed. */
export function compareCell(
  group: RunGroup,
  reference: RunGroup | null,
  scenario: string | null,
  kind: AucKind,
): CompareCell {
  const own = aucs(group, scenario, kind);
  const summary = spread(own);
  const missing = summary === null ? whyNone(group, scenario, kind) : null;
  if (!reference || reference === group)
    return { spread: summary, missing, difference: null, p: null, pairs: 0 };
  const theirs = aucs(reference, scenario, kind);
  const theirsBySeed = new Map(reference.runs.map(({ setup }, k) => [setup.seed, theirs[k] ?? null]));
  const { mean, p, pairs } = pairedDifference(
    own,
    group.runs.map(({ setup }) => theirsBySeed.get(setup.seed) ?? null),
  );
  return { spread: summary, missing, difference: mean, p, pairs };
}

/** Every scenario of any run, largest first. */
export function allScenarios(runs: readonly ComparedRun[]): RunRecord['scenarios'] {
  const byId = new Map<string, RunRecord['scenarios'][number]>();
  for (const run of runs)
    for (const scenario of run.scenarios) if (!byId.has(scenario.id)) byId.set(scenario.id, scenario);
  return [...byId.values()].sort((a, b) => b.share - a.share);
}

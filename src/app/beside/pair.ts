/** Two set-ups that differ in one switch, and what their runs differ in. Plain data in, plain data out. */
import { findModel } from '../../models/registry';
import { sameValue } from '../../models/settings';
import type { SettingField, SettingValue } from '../../models/settings';
import { parseSetup } from '../../training/parseSetup';
import type { ParsedSetup } from '../../training/parseSetup';
import { aucOfKind, domainAucOfKind, missingAuc } from '../../training/metrics/aucKind';
import type { AucKind } from '../../training/metrics/aucKind';
import type { Metrics } from '../../training/metrics/types';
import type { RunSetup } from '../../training/runRecord';
import { valueText } from '../../studies/setups';
import type { RunView } from '../store/runView';

/** One setting with the two values that are compared; of a toggle `first` is on. */
export interface Switch {
  readonly name: string;
  readonly first: SettingValue;
  readonly second: SettingValue;
}

/** Two runs side by side: same seed, same data, same everything but the switch. */
export interface Pair {
  readonly id: string;
  /** The first run's set-up. */
  readonly setup: RunSetup;
  readonly by: Switch;
  /** Identities of the two runs, first and second; null before one begins. */
  readonly runs: readonly [string | null, string | null];
}

/** The switch that was turned from `before` to `now`: a toggle is compared on and off, whichever way it was turned. */
export function switchOf(name: string, before: SettingValue, now: SettingValue): Switch {
  return now === true ? { name, first: true, second: before } : { name, first: before, second: now };
}

function fieldOf(setup: RunSetup, by: Switch): SettingField | undefined {
  return findModel(setup.model).fields[by.name];
}

function labelOf(setup: RunSetup, by: Switch): string {
  return fieldOf(setup, by)?.label ?? by.name;
}

/** What each run is called where the switch is named beside it: `with` and `without`, or its value. */
export function shortNames(setup: RunSetup, by: Switch): readonly [string, string] {
  const field = fieldOf(setup, by);
  const name = (value: SettingValue): string =>
    typeof value === 'boolean' ? (value ? 'with' : 'without') : valueText(field, value);
  return [name(by.first), name(by.second)];
}

/** What each run is called by itself: `with Priors`, `without Priors`; of a choice `Fusion: none`. */
export function pairNames(setup: RunSetup, by: Switch): readonly [string, string] {
  const label = labelOf(setup, by);
  const name = (text: string, value: SettingValue): string =>
    typeof value === 'boolean' ? `${text} ${label}` : `${label}: ${text}`;
  const [first, second] = shortNames(setup, by);
  return [name(first, by.first), name(second, by.second)];
}

/** `With and without Priors`; of a choice `Fusion: TransNet and none`. */
export function pairTitle(setup: RunSetup, by: Switch): string {
  const [first, second] = shortNames(setup, by);
  const label = labelOf(setup, by);
  return typeof by.first === 'boolean' ? `With and without ${label}` : `${label}: ${first} and ${second}`;
}

/** The two set-ups; `setup` gives everything but the switch. */
export function pairSetups(setup: ParsedSetup, by: Switch): readonly [ParsedSetup, ParsedSetup] {
  const of = (value: SettingValue) =>
    parseSetup({ ...setup, settings: { ...setup.settings, [by.name]: value } });
  return [of(by.first), of(by.second)];
}

/** Whether a set-up is one of the pair's two. */
export function belongsTo({ setup, by }: Pair, other: RunSetup): boolean {
  if (setup.model !== other.model || setup.dataset !== other.dataset || setup.seed !== other.seed)
    return false;
  return Object.entries(setup.settings).every(
    ([name, value]) => name === by.name || sameValue(value, other.settings[name]),
  );
}

/** The figures that two runs can be compared by. */
export interface Compared {
  readonly first: Metrics;
  readonly second: Metrics;
  /** `test`: both ended, best weights of each; else the last step at which both were evaluated on validation rows. */
  readonly rows: 'test' | 'validation';
  readonly step: number | null;
}

/** What both runs know by now; null before both have an evaluation of the same step. */
export function comparable(first: RunView | null, second: RunView | null): Compared | null {
  if (!first || !second) return null;
  if (first.final && second.final)
    return { first: first.final, second: second.final, rows: 'test', step: null };
  const there = new Map(second.evaluations.points.map(({ step, metrics }) => [step, metrics]));
  const last = first.evaluations.points.findLast(({ step }) => there.has(step));
  const other = last && there.get(last.step);
  return last && other ? { first: last.metrics, second: other, rows: 'validation', step: last.step } : null;
}

export interface Difference {
  readonly id: string;
  readonly name: string;
  readonly first: number | null;
  readonly second: number | null;
  /** `second − first`; null where either is undefined. */
  readonly value: number | null;
  /** True of clicks of a scenario that are too few to compare by. */
  readonly tooFew?: boolean;
}

function difference(
  id: string,
  name: string,
  first: number | null,
  second: number | null,
  few = false,
): Difference {
  return {
    id,
    name,
    first,
    second,
    value: first === null || second === null ? null : second - first,
    tooFew: few,
  };
}

/** AUC of the second run minus that of the first, a scenario each; the mean by rows comes last. */
export function differences(
  scenarios: RunView['scenarios'],
  { first, second }: Compared,
  kind: AucKind,
): readonly Difference[] {
  return [
    ...scenarios.map(({ id, name }, s) =>
      difference(
        id,
        name,
        aucOfKind(kind, first.scenarios[s]),
        aucOfKind(kind, second.scenarios[s]),
        [first, second].some(({ scenarios: own }) => missingAuc(kind, own[s]) === 'too few'),
      ),
    ),
    difference('', 'mean', domainAucOfKind(kind, first), domainAucOfKind(kind, second)),
  ];
}

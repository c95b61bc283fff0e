/** Which runs the list of the Compare page shows, in which order, under which heads. */
import { formatSetting } from '../../../studies/format';
import { models } from '../../../models/registry';
import { trainingFields } from '../../../training/settings';
import { modelTitle } from '../../../studies/setups';
import type { RunSummary } from '../../../workers/protocol';

/** By what runs can be sorted and grouped: what each has, then every setting in which they differ. */
export interface Key {
  readonly name: string;
  readonly label: string;
  readonly of: (run: RunSummary) => string;
}

/** Words of a run's name that begin with `#`, its tags: they are kept and exported with the name. */
export function tagsOf({ name }: Pick<RunSummary, 'name'>): readonly string[] {
  return [...new Set(name.match(/#[\p{L}\p{N}_-]+/gu) ?? [])];
}

/** The AUC by which runs are listed; null before the first. */
export function aucOf({ domainNoiseFreeAuc, domainAuc }: RunSummary): number | null {
  return domainNoiseFreeAuc ?? domainAuc;
}

const valueOf = ({ setup }: RunSummary, name: string): string => {
  const value = { ...setup.training, ...setup.settings }[name];
  return value === undefined ? '–' : formatSetting(value);
};

/** The label of a setting: training's, or that of a model that has it. */
function labelOf(name: string, runs: readonly RunSummary[]): string {
  const model = runs.find(({ setup }) => name in setup.settings)?.setup.model;
  const own = models.find(({ id }) => id === model)?.fields[name]?.label;
  return own ?? new Map(Object.entries(trainingFields)).get(name)?.label ?? name;
}

/** What runs can be sorted and grouped by. */
export function keysOf(runs: readonly RunSummary[]): readonly Key[] {
  const names = new Set(
    runs.flatMap(({ setup }) => [...Object.keys(setup.training), ...Object.keys(setup.settings)]),
  );
  const differ = [...names].filter((name) => new Set(runs.map((run) => valueOf(run, name))).size > 1);
  return [
    { name: 'model', label: 'model', of: ({ setup }) => modelTitle(setup.model) },
    { name: 'dataset', label: 'dataset', of: (run) => run.datasetTitle || run.setup.dataset },
    { name: 'tags', label: 'tags', of: (run) => tagsOf(run).join(' ') || 'no tag' },
    { name: 'status', label: 'status', of: ({ status }) => status },
    { name: 'seed', label: 'seed', of: ({ setup }) => String(setup.seed) },
    ...differ.map((name) => ({
      name: `setting ${name}`,
      label: labelOf(name, runs),
      of: (run: RunSummary) => valueOf(run, name),
    })),
  ];
}

/** Everything of a run that a search finds: `experts=8` and `experts 8` among it. */
function textOf(run: RunSummary): string {
  const { setup } = run;
  const settings = Object.entries({ ...setup.settings, ...setup.training }).map(
    ([name, value]) => `${name}=${formatSetting(value)} ${name} ${formatSetting(value)}`,
  );
  return `${run.name} ${modelTitle(setup.model)} ${setup.model} ${run.datasetTitle} ${run.status} seed ${setup.seed} ${settings.join(' ')}`.toLowerCase();
}

/** Runs of which every word of a search is found. */
export function found(runs: readonly RunSummary[], search: string): readonly RunSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return runs;
  return runs.filter((run) => {
    const text = textOf(run);
    return words.every((word) => text.includes(word));
  });
}

/** Numbers by their size, all else by the alphabet. */
function compare(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, 'en', { numeric: true }) : x - y;
}

/**
 * @param sort `newest` (as they come), `auc` (best first, none last), `name`, or a key's name
 * @param group a key's name, or null for one group
 */
export function arranged(
  runs: readonly RunSummary[],
  keys: readonly Key[],
  sort: string,
  group: string | null,
): readonly { readonly head: string | null; readonly runs: readonly RunSummary[] }[] {
  const key = keys.find(({ name }) => name === sort);
  const by = keys.find(({ name }) => name === group);
  const sorted =
    sort === 'auc'
      ? runs.toSorted((a, b) => (aucOf(b) ?? -1) - (aucOf(a) ?? -1))
      : sort === 'name'
        ? runs.toSorted((a, b) => compare(a.name, b.name))
        : key
          ? runs.toSorted((a, b) => compare(key.of(a), key.of(b)))
          : runs;
  if (!by) return [{ head: null, runs: sorted }];
  const groups = new Map<string, RunSummary[]>();
  for (const run of sorted) groups.set(by.of(run), [...(groups.get(by.of(run)) ?? []), run]);
  return [...groups]
    .sort(([a], [b]) => compare(a, b))
    .map(([value, own]) => ({ head: `${by.label}: ${value}`, runs: own }));
}

/** What the Data page shows of a dataset: counts, shares, overlaps, and pages of rows as text. */
import type {
  CatalogueEntry,
  DatasetSummary,
  FieldSummary,
  RowPage,
  ScenarioSummary,
  SplitCounts,
} from './protocol';
import type { Dataset, Field } from '../data/dataset';

const TOP = 8;
/** A page of rows at most. */
export const PAGE_ROWS = 200;
/** Users that make an overlap matrix worth its bytes: beyond, one bit a user and scenario is too many for a page. */
const MOST_OVERLAP_CELLS = 400_000_000;
/** Scenarios whose overlaps a page can show; the matrix grows with their square. */
const MOST_OVERLAP_SCENARIOS = 2000;

const noCounts = (): { train: number; validation: number; test: number } => ({
  train: 0,
  validation: 0,
  test: 0,
});
const splitName = (code: number): keyof SplitCounts =>
  code === 0 ? 'train' : code === 1 ? 'validation' : 'test';

/** The user's id: of the user fields, the one with most values. */
function userField(dataset: Dataset): number | null {
  let best: number | null = null;
  dataset.fields.forEach((field, f) => {
    if (field.role === 'user' && (best === null || field.size > dataset.fields[best]!.size)) best = f;
  });
  return best;
}

interface Users {
  /** Different users by scenario `[N]`. */
  readonly counts: readonly number[];
  /** Share of the row scenario's users that also occur in the column's `[N * N]`. */
  readonly overlap: Float32Array;
}

function usersByScenario(dataset: Dataset): Users | null {
  const f = userField(dataset);
  if (f === null) return null;
  const n = dataset.scenarios.length;
  const { size } = dataset.fields[f]!;
  if (size * n > MOST_OVERLAP_CELLS || n > MOST_OVERLAP_SCENARIOS) return null;
  const seen = new Uint8Array(size * n);
  const column = dataset.columns[f]!;
  for (let row = 0; row < dataset.rows; row++) seen[column[row]! * n + dataset.scenario[row]!] = 1;
  const both = new Float64Array(n * n);
  const own: number[] = [];
  // Id 0 is "other": not one user.
  for (let user = 1; user < size; user++) {
    own.length = 0;
    for (let s = 0; s < n; s++) if (seen[user * n + s] === 1) own.push(s);
    for (const a of own) for (const b of own) both[a * n + b]! += 1;
  }
  return {
    counts: dataset.scenarios.map((_, s) => both[s * n + s]!),
    overlap: Float32Array.from(both, (count, i) => count / Math.max(1, both[Math.floor(i / n) * (n + 1)]!)),
  };
}

function summariseField(dataset: Dataset, field: Field, f: number): FieldSummary {
  const counts = new Int32Array(field.size);
  const column = dataset.columns[f]!;
  for (let row = 0; row < dataset.rows; row++) counts[column[row]!]!++;
  const used = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const order = Uint32Array.from(counts.keys()).filter((id) => counts[id]! > 0);
  order.sort((a, b) => counts[b]! - counts[a]! || a - b);
  return {
    ...field,
    used,
    otherShare: counts[0]! / Math.max(1, dataset.rows),
    top: Array.from(order.subarray(0, TOP), (id) => ({
      id,
      label: cellText(field, id),
      share: counts[id]! / dataset.rows,
    })),
  };
}

function summariseHistory(dataset: Dataset): DatasetSummary['history'] {
  const { history } = dataset;
  if (!history) return null;
  let sum = 0;
  let empty = 0;
  for (const length of history.lengths) {
    sum += length;
    if (length === 0) empty++;
  }
  const rows = Math.max(1, dataset.rows);
  return {
    length: history.length,
    itemFields: history.itemFields.map((f) => dataset.fields[f]!.name),
    meanLength: sum / rows,
    emptyShare: empty / rows,
  };
}

function period(timestamp: Float64Array | null): readonly [number, number] | null {
  if (!timestamp || timestamp.length === 0) return null;
  let first = Infinity;
  let last = -Infinity;
  for (const time of timestamp) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

export function summariseDataset(dataset: Dataset, kind: CatalogueEntry['kind']): DatasetSummary {
  const rows = noCounts();
  const byScenario = dataset.scenarios.map(() => ({ rows: noCounts(), positives: noCounts() }));
  for (let row = 0; row < dataset.rows; row++) {
    const split = splitName(dataset.split[row]!);
    const counts = byScenario[dataset.scenario[row]!]!;
    rows[split]++;
    counts.rows[split]++;
    if (dataset.label[row] === 1) counts.positives[split]++;
  }
  const users = usersByScenario(dataset);
  const scenarios: ScenarioSummary[] = dataset.scenarios.map((scenario, s) => ({
    ...scenario,
    ...byScenario[s]!,
    users: users?.counts[s] ?? null,
  }));
  return {
    id: dataset.id,
    title: dataset.title,
    kind,
    source: dataset.source,
    rows,
    scenarios,
    fields: dataset.fields.map((field, f) => summariseField(dataset, field, f)),
    vocabularySize: dataset.vocabularySize,
    history: summariseHistory(dataset),
    hasTruth: dataset.truth !== null,
    period: period(dataset.timestamp),
    userOverlap: users?.overlap ?? null,
    relatedness: dataset.relatedness,
    fingerprint: dataset.fingerprint,
    warnings: dataset.warnings,
  };
}

export function catalogueEntry(dataset: Dataset): CatalogueEntry {
  const { source } = dataset;
  return {
    id: dataset.id,
    title: dataset.title,
    kind: source.kind,
    rows: dataset.rows,
    scenarios: dataset.scenarios.length,
    summary:
      source.kind === 'imported'
        ? `Imported from ${source.file}. ${source.note}`.trim()
        : `Simulated here: ${source.size} size, seed ${source.seed}.`,
    hasHistory: dataset.history !== null,
    hasTruth: dataset.truth !== null,
  };
}

function cellText(field: Field, id: number): string {
  if (id === 0) return 'other';
  return field.labels?.[id] ?? `${id}`;
}

const number = (value: number): string => `${Number(value.toPrecision(4))}`;

/** A page of rows as text; `offset` and `count` are clamped. */
export function rowPage(dataset: Dataset, offset: number, count: number): RowPage {
  const first = Math.min(Math.max(0, Math.trunc(offset)), dataset.rows);
  const last = Math.min(dataset.rows, first + Math.min(PAGE_ROWS, Math.max(0, Math.trunc(count))));
  const { history, truth, timestamp } = dataset;
  const scenarioNames = dataset.scenarios.map(({ name }) => name);
  const plain = dataset.fields
    .map((field, f) => ({ field, f }))
    .filter(({ field }) => field.role !== 'scenario');
  const columns = [
    'scenario',
    'label',
    'split',
    ...(timestamp ? ['time'] : []),
    ...plain.map(({ field }) => field.name),
  ];
  if (history) columns.push('behaviours');
  if (truth) columns.push('truth_p', 'truth_match', 'truth_prominence', 'truth_intervened');
  const rows = Array.from({ length: last - first }, (_, i) => {
    const row = first + i;
    const cells = [
      scenarioNames[dataset.scenario[row]!]!,
      `${dataset.label[row]}`,
      splitName(dataset.split[row]!),
    ];
    if (timestamp) cells.push(new Date(timestamp[row]! * 1000).toISOString().slice(0, 16).replace('T', ' '));
    for (const { field, f } of plain) cells.push(cellText(field, dataset.columns[f]![row]!));
    if (history) cells.push(`${history.lengths[row]}`);
    if (truth) {
      cells.push(
        number(truth.probability[row]!),
        number(truth.match[row]!),
        number(truth.prominence[row]!),
        truth.intervened[row] === 1 ? 'yes' : 'no',
      );
    }
    return cells;
  });
  return { columns, rows, offset: first, total: dataset.rows };
}

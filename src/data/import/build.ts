import type { Dataset, Field, FieldRole, History } from '../dataset';
import { fingerprintOf } from '../format/fingerprint';
import type { ImportSource } from './bytes';
import { bucketOf, numericValues, quantileBuckets } from './buckets';
import { checkRows } from './checks';
import { counted, ImportError, notice, type Notice } from './errors';
import { historyFromLists, historyFromLog, listEntries } from './histories';
import { readLabels } from './labels';
import { fieldEvidence, leakAuc } from './leak';
import { checkRoles, columnOfRole, parseMapping, type ColumnMapping, type Mapping } from './mapping';
import { breathe, checkAborted, type ReadOptions } from './options';
import { readTable } from './readTable';
import { describeScenarios, readScenarios, type ScenarioColumn } from './scenarios';
import { SPLIT } from '../dataset';
import { splitRows, type RowSplit } from './splitRows';
import { findColumn, type Table, type TextColumn } from './table';
import { readTimes } from './times';
import { readTruth } from './truth';
import { isBeyondInt32, isMissing, parseNumber } from './values';
import { encodeColumn, spellings, VocabularyCounter, type Vocabulary } from './vocabulary';

export interface BuildOptions extends ReadOptions {
  /** Id of the dataset; made from the title where absent. */
  readonly id?: string;
}

export interface BuiltDataset {
  readonly dataset: Dataset;
  readonly warnings: readonly Notice[];
}

/** Vocabularies longer than this keep no names. */
const mostLabels = 512;

/** Reads a file by a mapping (checked here) into a dataset. @throws ImportError with one sentence; the signal's reason when aborted. */
export async function buildDataset(
  source: ImportSource,
  mapping: unknown,
  options: BuildOptions = {},
): Promise<BuiltDataset> {
  const checked = parseMapping(mapping);
  const layout = { ...checked.read, ...options.layout };
  return buildFromTable(await readTable(source, { ...options, layout }), checked, options);
}

/** A field before its place in the merged table is known. */
interface Draft {
  readonly mapping: ColumnMapping;
  readonly role: FieldRole;
  readonly ids: Int32Array;
  readonly size: number;
  readonly labels: readonly string[] | null;
  readonly meaning: string;
}

/** Builds a dataset from a table that was read before; the table is left as it is. */
export async function buildFromTable(
  table: Table,
  mapping: Mapping,
  options: BuildOptions = {},
): Promise<BuiltDataset> {
  checkRoles(mapping);
  const notices: Notice[] = [...table.notices];
  const step = stepper(table, options);
  const column = (name: string): TextColumn => {
    const found = findColumn(table, name);
    if (found) return found;
    throw new ImportError(
      'missingColumn',
      `The file has no column “${name}”, which the mapping uses; map this file anew.`,
      { column: name },
    );
  };
  const ofRole = (role: ColumnMapping['role']): TextColumn | null => {
    const mapped = columnOfRole(mapping, role);
    return mapped && column(mapped.column);
  };

  const labelColumn = ofRole('label')!;
  const label = readLabels(table, labelColumn, mapping.label, notices);
  let rows: Int32Array = Int32Array.from(label.keys()).filter((row) => label[row]! >= 0);
  const timeColumn = ofRole('time');
  const needsTime =
    timeColumn !== null && (mapping.split.by === 'time' || (mapping.split.by === 'auto' && !ofRole('split')));
  const time = timeColumn && readTimes(table, timeColumn, mapping.time.unit, rows, needsTime, notices);
  if (time) rows = time.rows;
  const scenarioColumn = ofRole('scenario');
  const scenarios = readScenarios(table, scenarioColumn, mapping.scenario, rows, notices);
  const parted = splitRows(
    table,
    rows,
    mapping,
    { split: ofRole('split'), times: time?.seconds ?? null, strata: { label, scenario: scenarios.index } },
    notices,
  );
  rows = parted.rows;
  const training = rows.filter((_, r) => parted.split[r] === SPLIT.train);
  await step(0.1);

  const features = await withoutLeaks(table, mapping, column, label, training, notices, step);
  checkIds(table, mapping, features, column, notices);
  const historySource = historyColumn(mapping, features);
  const drafts: Draft[] = [];
  let items: Vocabulary | null = null;
  for (const [index, feature] of features.entries()) {
    await step(0.4 + (0.4 * index) / features.length);
    if (feature === historySource) continue;
    const source = column(feature.column);
    if (feature.role === 'numeric' || feature.role === 'sequence') {
      drafts.push(numericDraft(table, feature, source, rows, training, mapping, notices));
      continue;
    }
    const spelled = spellings(source, feature.first ?? false);
    const counter = new VocabularyCounter();
    counter.addColumn(source, spelled, training);
    const isItem = feature.column === mapping.itemId;
    if (isItem && historySource) {
      // Items of training rows' histories are training data too, and share the candidate's embeddings.
      const lists = column(historySource.column);
      const parsed = listEntries(lists);
      for (const row of training) for (const entry of parsed[lists.codes[row]!]!) counter.add(entry);
    }
    const vocabulary = counter.finish(mapping.rareBelow);
    if (isItem) items = vocabulary;
    if (vocabulary.size === 1) {
      notices.push(
        notice(
          'allRare',
          `No value of column “${feature.column}” is seen in ${mapping.rareBelow} training rows or more, so all count as “other”; lower that number, or ignore the column.`,
          {
            column: feature.column,
          },
        ),
      );
    }
    drafts.push({
      mapping: feature,
      role: feature.role as FieldRole,
      ids: encodeColumn(source, spelled, vocabulary, rows),
      size: vocabulary.size,
      labels: vocabulary.size <= mostLabels ? vocabulary.labels : null,
      meaning:
        feature.meaning ??
        `Column “${feature.column}” of the file: ${counted(vocabulary.size - 1, 'value')} kept, ${vocabulary.folded.toLocaleString('en-US')} rare ones counted as other.`,
    });
  }
  if (drafts.length === 0) {
    throw new ImportError(
      'noFields',
      'No column is left to predict from; give at least one the role user, item, context or numeric.',
    );
  }
  const scenario = Int16Array.from(rows, (row) => scenarios.index[row]!);
  const laid = layFields(drafts, scenarios, scenarioColumn?.name ?? null, scenario);
  await step(0.85);

  const labels = Float32Array.from(rows, (row) => label[row]!);
  const timestamp = time && time.inSeconds ? Float64Array.from(rows, (row) => time.seconds[row]!) : null;
  const history = makeHistory(
    {
      table,
      mapping,
      column,
      historySource,
      items,
      rows,
      parted,
      time: time?.seconds ?? null,
      inSeconds: time?.inSeconds ?? false,
    },
    laid,
    scenario,
    labels,
    notices,
  );
  const described = describeScenarios(scenarios, scenario, labels);
  checkRows(
    described,
    scenarioColumn?.name ?? null,
    labelColumn.name,
    { scenario, label: labels, split: parted.split },
    notices,
  );
  checkUsers(table, mapping, column, rows, notices);
  const weightColumn = ofRole('weight');
  await step(0.95);

  const data = {
    fields: laid.fields,
    columns: laid.columns,
    scenario,
    label: labels,
    timestamp,
    split: parted.split,
    weight: weightColumn ? readWeights(weightColumn, rows) : new Float32Array(rows.length).fill(1),
    history,
    truth: readTruth(table, mapping, rows, notices),
  };
  const dataset: Dataset = {
    id: options.id ?? datasetId(mapping.title),
    title: mapping.title,
    source: { kind: 'imported', file: table.file, note: sourceNote(table, mapping, parted) },
    scenarios: described,
    vocabularySize: laid.vocabularySize,
    rows: rows.length,
    relatedness: null,
    fingerprint: await fingerprintOf(data),
    warnings: notices.map((one) => one.sentence),
    ...data,
  };
  await step(1);
  return { dataset, warnings: notices };
}

type Step = (fraction: number) => Promise<void>;

function stepper(table: Table, options: BuildOptions): Step {
  return async (fraction) => {
    checkAborted(options.signal);
    options.onProgress?.({ phase: 'building', fraction, rows: table.rows });
    if (table.rows > 20_000) await breathe();
  };
}

const featureRoles: readonly ColumnMapping['role'][] = ['user', 'item', 'context', 'numeric', 'sequence'];

/** The columns that models may see, without those that give the label away. */
async function withoutLeaks(
  table: Table,
  mapping: Mapping,
  column: (name: string) => TextColumn,
  label: Int8Array,
  training: Int32Array,
  notices: Notice[],
  step: Step,
): Promise<ColumnMapping[]> {
  const kept: ColumnMapping[] = [];
  const candidates = mapping.columns.filter((c) => featureRoles.includes(c.role) || c.role === 'scenario');
  for (const [index, candidate] of candidates.entries()) {
    await step(0.1 + (0.3 * index) / candidates.length);
    const source = column(candidate.column);
    const isFeature = candidate.role !== 'scenario';
    if (candidate.role === 'sequence') {
      kept.push(candidate);
      continue;
    }
    const evidence = fieldEvidence(
      source,
      candidate.role === 'numeric' || mostlyNumbers(source),
      label,
      training,
    );
    const leaks = evidence.auc !== null && evidence.auc > leakAuc && evidence.certain;
    if (!leaks && !evidence.outcome) {
      if (isFeature) kept.push(candidate);
      continue;
    }
    const keep = !isFeature || mapping.leaks === 'keep' || candidate.keepLeak === true;
    const finding = leaks
      ? `Column “${candidate.column}” gives the label away: alone it reaches an AUC of ${evidence.auc.toFixed(3)} on the training rows.`
      : `Column “${candidate.column}” is 1 only in positive rows, so it is known only after the click.`;
    const fate = !isFeature
      ? 'It stays the scenario; check that this is meant.'
      : keep
        ? 'It is kept, as you asked.'
        : 'It is left out; keep it in the mapping if it is known before the impression.';
    notices.push(
      notice(keep ? 'leakKept' : leaks ? 'leak' : 'outcome', `${finding} ${fate}`, {
        column: candidate.column,
        line: table.lines[training[0]!] ?? null,
      }),
    );
    if (keep && isFeature) kept.push(candidate);
  }
  return kept;
}

function mostlyNumbers(column: TextColumn): boolean {
  let numbers = 0;
  let filled = 0;
  for (const text of column.values) {
    if (isMissing(text)) continue;
    filled++;
    if (parseNumber(text) !== null) numbers++;
  }
  return filled > 0 && numbers >= 0.98 * filled;
}

function checkIds(
  table: Table,
  mapping: Mapping,
  features: readonly ColumnMapping[],
  column: (name: string) => TextColumn,
  notices: Notice[],
): void {
  for (const feature of features) {
    if (feature.role === 'numeric' || feature.role === 'sequence') continue;
    const source = column(feature.column);
    const beyond = source.values.findIndex(isBeyondInt32);
    if (beyond < 0) continue;
    const line = table.lines[source.codes.indexOf(beyond)]!;
    notices.push(
      notice(
        'beyondInt32',
        `Column “${feature.column}” holds ids beyond 32 bits (first: line ${line}); they are told apart as text, so no digit is lost.`,
        {
          column: feature.column,
          line,
        },
      ),
    );
  }
  const has = (name: string | null): boolean => features.some((feature) => feature.column === name);
  if (!has(mapping.userId)) {
    notices.push(
      notice('noUser', 'No column is the user’s id, so users are known by their other columns only.'),
    );
  }
  if (!has(mapping.itemId)) {
    notices.push(
      notice('noItem', 'No column is the item’s id, so items are known by their other columns only.'),
    );
  }
}

/** The list column that is the row's behaviours; null where behaviours are made from the log, or not at all. */
function historyColumn(mapping: Mapping, features: readonly ColumnMapping[]): ColumnMapping | null {
  if (mapping.history.from === 'log' || mapping.history.from === 'none') return null;
  const marked = features.filter((feature) => feature.role === 'sequence' && feature.use === 'history');
  if (marked.length > 1) {
    throw new ImportError(
      'badMapping',
      `Columns “${marked[0]!.column}” and “${marked[1]!.column}” are both the history; there can be one, so keep only the length of the other.`,
      { column: marked[1]!.column },
    );
  }
  if (marked.length === 0) {
    if (mapping.history.from === 'sequence') {
      throw new ImportError(
        'badMapping',
        'The mapping takes the history from a sequence, but no sequence column is marked as the history; mark one.',
      );
    }
    return null;
  }
  // Behaviours are spelled in the item's vocabulary; without it only their number says something.
  return features.some((feature) => feature.column === mapping.itemId) ? marked[0]! : null;
}

function numericDraft(
  table: Table,
  feature: ColumnMapping,
  source: TextColumn,
  rows: Int32Array,
  training: Int32Array,
  mapping: Mapping,
  notices: Notice[],
): Draft {
  const isList = feature.role === 'sequence';
  const values = isList
    ? Float64Array.from(listEntries(source), (list) => list.length)
    : numericValues(source);
  const buckets = quantileBuckets(
    Float64Array.from(training, (row) => values[source.codes[row]!]!),
    mapping.buckets,
  );
  const unreadable = (code: number): boolean =>
    Number.isNaN(values[code]!) && !isMissing(source.values[code]!);
  const odd = rows.filter((row) => unreadable(source.codes[row]!));
  if (odd.length > 0) {
    const line = table.lines[odd[0]!]!;
    notices.push(
      notice(
        'unreadableNumber',
        `Column “${feature.column}” is no number in ${counted(odd.length, 'row')} (first: line ${line}); there it counts as having no value.`,
        {
          column: feature.column,
          line,
        },
      ),
    );
  }
  const ofCode = Int32Array.from(values, (value) => bucketOf(value, buckets));
  const what = isList ? 'number of entries' : 'value';
  return {
    mapping: feature,
    role: feature.side ?? 'context',
    ids: Int32Array.from(rows, (row) => ofCode[source.codes[row]!]!),
    size: buckets.size,
    labels: buckets.labels,
    meaning: `${feature.meaning ?? `Column “${feature.column}” of the file.`} Its ${what} in ${counted(Math.max(0, buckets.size - 1), 'bucket')} of about equally many training rows.`,
  };
}

interface LaidFields {
  readonly fields: readonly Field[];
  readonly columns: readonly Int32Array[];
  readonly vocabularySize: number;
}

/** Fields in the order user, item, context, scenario, side by side in one merged id space that starts at 1. */
function layFields(
  drafts: readonly Draft[],
  scenarios: ScenarioColumn,
  scenarioName: string | null,
  scenario: Int16Array,
): LaidFields {
  const order: readonly FieldRole[] = ['user', 'item', 'context'];
  const sorted = [...drafts].sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  const fields: Field[] = [];
  const columns: Int32Array[] = [];
  let offset = 1;
  const put = (field: Omit<Field, 'offset'>, ids: Int32Array): void => {
    fields.push({ ...field, offset });
    columns.push(ids);
    offset += field.size;
  };
  for (const draft of sorted) {
    const { mapping, role, size, meaning } = draft;
    const field = {
      name: mapping.column,
      role,
      size,
      scenarioSpecific: mapping.scenarioSpecific ?? false,
      meaning,
    };
    put(draft.labels ? { ...field, labels: draft.labels } : field, draft.ids);
  }
  put(
    {
      name: scenarioName ?? 'scenario',
      role: 'scenario',
      size: scenarios.ids.length + 1,
      scenarioSpecific: true,
      meaning:
        scenarioName === null
          ? 'The one scenario of a file that names none.'
          : `Scenario, from column “${scenarioName}”.`,
      labels: ['other', ...scenarios.names],
    },
    Int32Array.from(scenario, (s) => s + 1),
  );
  return { fields, columns, vocabularySize: offset };
}

function makeHistory(
  from: {
    readonly table: Table;
    readonly mapping: Mapping;
    readonly column: (name: string) => TextColumn;
    readonly historySource: ColumnMapping | null;
    readonly items: Vocabulary | null;
    readonly rows: Int32Array;
    readonly parted: RowSplit;
    readonly time: Float64Array | null;
    readonly inSeconds: boolean;
  },
  laid: LaidFields,
  scenario: Int16Array,
  label: Float32Array,
  notices: Notice[],
): History | null {
  const { mapping, rows, parted, time } = from;
  const { length } = mapping.history;
  if (from.historySource && from.items) {
    const itemField = laid.fields.findIndex((field) => field.name === mapping.itemId);
    const lists = from.column(from.historySource.column);
    return historyFromLists(lists, listEntries(lists), from.items, itemField, rows, length);
  }
  const wanted = mapping.history.from;
  const hasItems = laid.fields.some((field) => field.role === 'item');
  const possible = time !== null && mapping.userId !== null && hasItems;
  if (wanted === 'log' && !possible) {
    throw new ImportError(
      'badMapping',
      'A history from the log needs a time, a user id and an item column; map those, or take no history.',
    );
  }
  if ((wanted !== 'auto' && wanted !== 'log') || !possible) return null;
  const user = from.column(mapping.userId!);
  const visible = new Uint8Array(rows.length);
  // Rows of a split that does not follow time must not see what evaluation rows clicked.
  parted.split.forEach((split, r) => {
    visible[r] = parted.by === 'time' || split === SPLIT.train ? 1 : 0;
  });
  const history = historyFromLog(
    {
      fields: laid.fields,
      columns: laid.columns,
      scenario,
      label,
      times: Float64Array.from(rows, (row) => time[row]!),
      inSeconds: from.inSeconds,
      user: Int32Array.from(rows, (row) =>
        isMissing(user.values[user.codes[row]!]!) ? 0 : user.codes[row]! + 1,
      ),
      users: user.values.length,
      visible,
    },
    length,
  );
  const filled = history.lengths.reduce((count, own) => count + (own > 0 ? 1 : 0), 0);
  if (filled === 0) {
    if (wanted === 'log') {
      notices.push(
        notice('history', 'No row has an earlier positive of the same user, so all histories are empty.', {
          column: mapping.userId,
        }),
      );
      return history;
    }
    return null;
  }
  notices.push(
    notice(
      'history',
      `Histories are made from the log: the last ${length} positives of the same user before each row; ${counted(filled, 'row')} of ${rows.length.toLocaleString('en-US')} have one.`,
      {
        column: mapping.userId,
      },
    ),
  );
  return history;
}

function checkUsers(
  table: Table,
  mapping: Mapping,
  column: (name: string) => TextColumn,
  rows: Int32Array,
  notices: Notice[],
): void {
  if (mapping.userId === null) return;
  const users = column(mapping.userId);
  const first = users.codes[rows[0]!];
  if (rows.some((row) => users.codes[row] !== first)) return;
  notices.push(
    notice(
      'oneUser',
      `Column “${mapping.userId}” holds one user only (from line ${table.lines[rows[0]!]} on); models train, but learn nothing about users.`,
      {
        column: mapping.userId,
        line: table.lines[rows[0]!]!,
      },
    ),
  );
}

function readWeights(column: TextColumn, rows: Int32Array): Float32Array {
  const ofCode = column.values.map((text) => Math.max(0, parseNumber(text) ?? 1));
  return Float32Array.from(rows, (row) => ofCode[column.codes[row]!]!);
}

function datasetId(title: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `imported-${slug.slice(0, 60) || 'file'}`;
}

function sourceNote(table: Table, mapping: Mapping, parted: RowSplit): string {
  const sampled =
    table.totalRows > table.rows
      ? `, ${table.rows.toLocaleString('en-US')} of ${counted(table.totalRows, 'row')} drawn evenly`
      : '';
  return `Imported${mapping.preset ? ` (${mapping.preset} layout)` : ''}, split by ${parted.by === 'random' ? 'chance' : parted.by}${sampled}.`;
}

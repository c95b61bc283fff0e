import { SPLIT, type Dataset } from '../dataset';
import { fingerprintOf } from '../format/fingerprint';
import { makeContext } from './buildContext';
import { makeFields } from './buildFields';
import { makeHistory } from './buildHistory';
import type { ImportSource } from './bytes';
import { checkIds, checkRows, checkUsers } from './checks';
import { counted, type Notice } from './errors';
import { historyColumn } from './historyRoles';
import { readLabels } from './labels';
import { withoutLeaks } from './leakCheck';
import { checkRoles, parseMapping, type Mapping } from './mapping';
import { checkAborted, yieldToEventLoop, type ReadOptions } from './options';
import { readTable } from './readTable';
import { describeScenarios, readScenarios } from './scenarios';
import { splitRows, type RowSplit } from './splitRows';
import type { Table } from './table';
import { readTimes } from './times';
import { readTruth } from './truth';
import { readWeights } from './weights';
import { formatCount } from '../count';

export interface BuildOptions extends ReadOptions {
  /** Id of the dataset; made from the title where absent. */
  readonly id?: string;
}

export interface BuiltDataset {
  readonly dataset: Dataset;
  readonly warnings: readonly Notice[];
}

/** Reads a file by a mapping (checked here) into a dataset. @throws ImportError with one sentence; the signal's reason when aborted. */
export async function buildDataset(
  source: ImportSource,
  mapping: unknown,
  options: BuildOptions = {},
): Promise<BuiltDataset> {
  const checked = parseMapping(mapping);
  const dialect = { ...checked.read, ...options.dialect };
  return buildFromTable(await readTable(source, { ...options, dialect }), checked, options);
}

/** Builds a dataset from a table that was read before; the table is left as it is. */
export async function buildFromTable(
  table: Table,
  mapping: Mapping,
  options: BuildOptions = {},
): Promise<BuiltDataset> {
  checkRoles(mapping);
  const context = makeContext(table, mapping, async (fraction) => {
    checkAborted(options.signal);
    options.onProgress?.({ phase: 'building', fraction, rows: table.rows });
    if (table.rows > 20_000) await yieldToEventLoop();
  });
  const { notices, ofRole, step } = context;
  await step(0);

  const labelColumn = ofRole('label')!;
  const label = readLabels(table, labelColumn, mapping.label, notices);
  let rows: Int32Array = Int32Array.from(label.keys()).filter((row) => label[row]! >= 0);
  const timeColumn = ofRole('time');
  const splitColumn = ofRole('split');
  const { by } = mapping.split;
  const orders = timeColumn !== null && (by === 'time' || (by === 'auto' && !splitColumn));
  const time = timeColumn && readTimes(table, timeColumn, mapping.time.unit, rows, orders, notices);
  if (time) rows = time.rows;
  const scenarioColumn = ofRole('scenario');
  const scenarios = readScenarios(table, scenarioColumn, mapping.scenario, rows, notices);
  const parted = splitRows(
    table,
    rows,
    mapping,
    { split: splitColumn, times: time?.seconds ?? null, strata: { label, scenario: scenarios.index } },
    notices,
  );
  rows = parted.rows;
  const training = rows.filter((_, r) => parted.split[r] === SPLIT.train);
  await step(0.1);

  const features = await withoutLeaks(context, label, training);
  checkIds(context, features);
  const historySource = historyColumn(context, features);
  const scenario = Int16Array.from(rows, (row) => scenarios.index[row]!);
  const laid = await makeFields(context, { features, historySource, rows, training, scenarios, scenario });
  await step(0.85);

  const labels = Float32Array.from(rows, (row) => label[row]!);
  const history = makeHistory(context, {
    features,
    source: historySource,
    items: laid.items,
    scenarios,
    rows,
    parted,
    time,
    fields: laid,
    scenario,
    label: labels,
  });
  const described = describeScenarios(scenarios, scenario, labels);
  const checked = { scenario, label: labels, split: parted.split };
  checkRows(described, scenarioColumn?.name ?? null, labelColumn.name, checked, notices);
  checkUsers(context, rows);
  await step(0.95);

  const weightColumn = ofRole('weight');
  const data = {
    fields: laid.fields,
    columns: laid.columns,
    scenario,
    label: labels,
    timestamp: time?.inSeconds ? Float64Array.from(rows, (row) => time.seconds[row]!) : null,
    split: parted.split,
    weight: weightColumn
      ? readWeights(table, weightColumn, rows, scenarios, notices)
      : new Float32Array(rows.length).fill(1),
    history,
    truth: readTruth(table, mapping, rows, notices),
  };
  const dataset: Dataset = {
    id: options.id ?? datasetId(mapping.title),
    title: titleOf(table, mapping),
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

/** Rows that carry a simulator's truth are simulated, wherever they come from, and are called so. */
function titleOf(table: Table, mapping: Mapping): string {
  const simulated = table.columns.some((column) => column.name.startsWith('truth_'));
  return simulated && !/simulated/i.test(mapping.title) ? `${mapping.title} (simulated)` : mapping.title;
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
      ? `, ${formatCount(table.rows)} of ${counted(table.totalRows, 'row')} drawn evenly`
      : '';
  return `Imported${mapping.schema ? ` (columns as in ${mapping.schema})` : ''}, split by ${parted.by === 'random' ? 'chance' : parted.by}${sampled}.`;
}

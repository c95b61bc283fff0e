/** `lab train`: the page's run without the page. */
import { readFile, writeFile } from 'node:fs/promises';
import { csvText, type CsvCell } from '../../src/data/csv';
import { openBackend } from '../../src/engine';
import { parseSetup } from '../../src/training/parseSetup';
import { setupFromParams } from '../../src/training/setup';
import { endStatus, stateOfRecord } from '../../src/training/recordRun';
import { insideFigures } from '../../src/studies/evidence/insideFigures';
import { aucCell } from '../../src/training/metrics/aucKind';
import { createRun } from '../../src/training/run';
import { readSample } from './datasets';
import { importDataset } from './importFile';
import { writeOnward } from './onward';
import { checkOutputs } from './outputs';
import { flag, threadsOf, UsageError } from './usage';
import type { Dataset } from '../../src/data/dataset';
import type { Metrics } from '../../src/training/metrics';
import type { RepresentationSample } from '../../src/training/representation/sample';
import type { ParsedSetup } from '../../src/training/parseSetup';
import type { RunRecord } from '../../src/training/runRecord';
import type { OnwardParts } from '../../src/training/onward/onwardZip';
import type { Flags } from './usage';

/** Flags of the command; all others are parts of the set-up. */
const OWN = [
  'threads',
  'data',
  'map',
  'save',
  'weights',
  'checkpoint',
  'resume',
  'predict',
  'probe',
  'name',
  'export',
];

/** @throws UsageError for the first thing that is not taken as given: a script must not train something else silently */
export function setupOf(flags: Flags): ParsedSetup {
  const params = new URLSearchParams();
  for (const [name, values] of flags.values) if (!OWN.includes(name)) params.set(name, values.at(-1)!);
  if (!params.has('backend')) params.set('backend', 'wasm');
  const { setup, problems } = setupFromParams(params);
  // On a page the default is used instead; here the command ends.
  if (problems.length > 0)
    throw new UsageError(problems[0]!.replace(/; [^;]* is used\.$/, '; `lab list` prints what there is.'));
  return setup;
}

/** Asks for every hidden representation of the sampled rows at once. */
const ALL_REPRESENTATIONS = 'representation';

const format = (value: number | 'too few' | null): string =>
  value === null ? 'undefined' : typeof value === 'string' ? value : value.toFixed(4);

function table(record: RunRecord, metrics: Metrics): string {
  const header = ['scenario', 'rows', 'AUC', 'noise-free', 'ceiling', 'log loss', 'calibration'];
  const rows = metrics.scenarios.map((s, i) => [
    record.scenarios[i]!.name,
    `${s.rows}`,
    format(aucCell('drawn', s)),
    format(s.noiseFreeAuc),
    format(record.ceilings?.scenarios[i] ?? null),
    format(s.logLoss),
    format(s.calibration),
  ]);
  const widths = header.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]!.length)));
  return [header, ...rows]
    .map((row) =>
      row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '),
    )
    .join('\n');
}

async function predictions(dataset: Dataset, run: ReturnType<typeof createRun>): Promise<string> {
  const rows: number[] = [];
  for (let row = 0; row < dataset.rows; row++) if (dataset.split[row] === 2) rows.push(row);
  const scored = await run.trainer.predict(Int32Array.from(rows));
  const columns = Object.entries(scored.columns).flatMap(([name, values]) => {
    const width = values.length / Math.max(1, rows.length);
    return Array.from({ length: width }, (_, k) => ({
      name: width === 1 ? name : `${name}_${k}`,
      at: (i: number) => values[i * width + k]!,
    }));
  });
  const header = [
    'row',
    'scenario',
    'label',
    'weight',
    'score',
    'probability',
    ...columns.map((c) => c.name),
  ];
  if (dataset.truth) header.push('truth_p');
  const lines = rows.map((row, i) => {
    const cells: CsvCell[] = [
      row,
      dataset.scenarios[dataset.scenario[row]!]!.id,
      dataset.label[row]!,
      dataset.weight[row]!,
      scored.score[i]!,
      scored.probability[i]!,
      ...columns.map((c) => c.at(i)),
    ];
    if (dataset.truth) cells.push(dataset.truth.probability[row]!);
    return cells;
  });
  return csvText(header, lines, '\n');
}

/** Typed arrays as plain lists, so that the JSON is JSON. */
function plain(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;
}

/** What `--json` prints: the record without probes that were not asked for, with figures of the run's inside. */
export function printed(record: RunRecord, probes: readonly string[]): string {
  const asked = record.probes
    .map(({ step, probes: kept }) => ({ step, probes: kept.filter(({ name }) => probes.includes(name)) }))
    .filter(({ probes: kept }) => kept.length > 0);
  const { representation, ...rest } = record;
  const vectors = representation ? askedVectors(representation, probes) : [];
  return JSON.stringify(
    {
      ...rest,
      figures: insideFigures(stateOfRecord(record)),
      probeSpecs: record.probeSpecs.map(({ name, title }) => ({ name, title })),
      probes: asked,
      ...(vectors.length > 0 && { representation: { ...representation, vectors } }),
    },
    plain,
    2,
  );
}

/** Hidden vectors in plain numbers, `[rows][slots * dim]`. */
function askedVectors(sample: RepresentationSample, probes: readonly string[]) {
  return sample.vectors
    .filter(({ name }) => probes.includes(ALL_REPRESENTATIONS) || probes.includes(name))
    .map(({ name, rows, slots, dim, codes, low, step }) => ({
      name,
      rows,
      slots,
      dim,
      values: Array.from({ length: rows }, (_, row) =>
        Array.from(codes.subarray(row * slots * dim, (row + 1) * slots * dim), (code, k) =>
          Number((low[k % dim]! + code * step[k % dim]!).toPrecision(7)),
        ),
      ),
    }));
}

export async function train(flags: Flags): Promise<void> {
  const setup = setupOf(flags);
  if (flags.switches.has('rows') && flag(flags, 'export') === null)
    throw new UsageError('--rows goes with --export FILE.zip: it puts the dataset’s rows into the zip.');
  await checkOutputs(flags, ['save', 'checkpoint', 'predict', 'export']);
  const json = flags.switches.has('json');
  const say = (text: string): void => {
    if (!json) process.stdout.write(`${text}\n`);
  };
  // Beside the JSON, so that a script sees them too.
  const warn = (text: string): void => void process.stderr.write(`${text}\n`);
  const file = flag(flags, 'data');
  const dataset =
    file === null ? await readSample(setup.dataset) : await importDataset(file, flag(flags, 'map'), warn);
  const backend = await openBackend(setup.backend, { threads: threadsOf(flags) ?? 1 });
  const weights = flag(flags, 'weights');
  const resume = flag(flags, 'resume');
  const run = createRun({
    id: crypto.randomUUID(),
    name: flag(flags, 'name'),
    setup: parseSetup({ ...setup, dataset: dataset.id }),
    dataset,
    backend,
    weights: weights === null ? null : await readFile(weights),
    from: resume === null ? null : await readFile(resume),
    truth: true,
  });
  const probes = flags.values.get('probe') ?? [];
  const specs = run.trainer.model.probes;
  const offered = [
    ...specs.map(({ name }) => name),
    ...(specs.some(({ source }) => source === 'rows') ? [ALL_REPRESENTATIONS] : []),
  ];
  const missing = probes.find((name) => !offered.includes(name));
  if (missing !== undefined) {
    throw new UsageError(
      `This model has no probe "${missing}"; it offers ${offered.length > 0 ? offered.join(', ') : 'none'}.`,
    );
  }
  const threads = `${backend.threads} thread${backend.threads === 1 ? '' : 's'}`;
  say(
    `${dataset.title}: ${run.trainer.trainingRows.length} training rows. ${backend.reason} ${threads}${backend.wide ? ', 256-bit SIMD' : ''}.`,
  );
  const onward = flag(flags, 'export');
  /** Where the run stood at its last step, before its best weights were written back. */
  let lastStep: Pick<OnwardParts, 'checkpoint' | 'weights'> | null = null;
  for await (const event of run.events) {
    if (event.kind === 'evaluation') {
      if (onward !== null && event.step === setup.training.steps)
        lastStep = { checkpoint: await run.checkpoint('interrupted'), weights: await run.weights() };
      const { domainAuc, domainNoiseFreeAuc, overall } = event.metrics;
      say(
        `step ${event.step}: AUC ${format(domainAuc)}, noise-free ${format(domainNoiseFreeAuc)}, log loss ${format(overall.logLoss)}`,
      );
    } else if (event.kind === 'message') say(event.text);
  }
  const record = run.record(endStatus(run.state));
  const outputs: readonly (readonly [string, () => Promise<string | Uint8Array>])[] = [
    ['save', () => run.weights()],
    ['checkpoint', () => run.checkpoint('done')],
    ['predict', () => predictions(dataset, run)],
  ];
  for (const [name, make] of outputs) {
    const path = flag(flags, name);
    if (path !== null) await writeFile(path, await make());
  }
  if (onward !== null) {
    // Stopped early there is no more to go on with than the best weights.
    const ended = lastStep ?? { checkpoint: await run.checkpoint('done'), weights: await run.weights() };
    const rows = flags.switches.has('rows');
    await writeOnward(onward, { record, ...ended, dataset: run.trainer.dataset, rows });
  }
  if (json) process.stdout.write(`${printed(record, probes)}\n`);
  else if (record.final) {
    const { timings } = record;
    say(`\n${table(record, record.final)}`);
    say(
      `\nbest step ${record.bestStep} of ${record.step}; ${timings.step?.toFixed(1) ?? '–'} ms a step, evaluations ${(timings.evaluation / 1000).toFixed(1)} s`,
    );
  }
  run.dispose();
}

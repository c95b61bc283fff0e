/**
 * How large a kept run's record becomes, and what a redraw costs, at 355 scenarios with every probe of a model at its browser
 * preset: `npx tsx scripts/recordSize.ts [model …]`. Made-up numbers; nothing is trained.
 */
import { serialize } from 'node:v8';
import { createVariables, openBackend } from '../src/engine';
import { fixedShape } from '../src/app/gallery/fixedData';
import type { Size } from '../src/app/gallery/fixedData';
import { fixedProbe } from '../src/app/gallery/fixedProbes';
import { fixedMetrics, fixedRun } from '../src/app/gallery/fixedRun';
import { curveTable, heatOverTime, summaryPoints } from '../src/app/pictures/curves/curves';
import { viewOfRun } from '../src/app/store/runView';
import { findModel, models } from '../src/models/registry';
import { defaultSetup, presetSettings } from '../src/training/setup';
import { recordOfRun, noTimings } from '../src/training/recordRun';
import { emptyRunState, reduceRun } from '../src/training/reduceRun';
import type { RunState } from '../src/training/reduceRun';
import { expectKnown, parseCommandLine } from './commandLine.mjs';

const SIZE: Size = 355;
/** As many as are kept at most: the largest history. */
const EVALUATIONS = 300;

const megabytes = (value: unknown): string => (serialize(value).byteLength / 1e6).toFixed(1);
const cpu = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

function measure(id: string): string {
  const model = findModel(id);
  const built = model.configure(presetSettings(id, 'browser')).build(fixedShape(SIZE), createVariables(1));
  const probes = built.probes.filter(({ source }) => source !== 'rows');
  built.dispose();
  const view = fixedRun(id, SIZE, 'live');
  let state: RunState = {
    ...emptyRunState,
    scenarios: view.scenarios,
    fields: view.fields,
    probeSpecs: built.probes,
  };
  const sizes = { scenarios: SIZE, fields: fixedShape(SIZE).fields.length };
  const of = (share: number) => probes.map((probe) => fixedProbe(probe, sizes, share));
  for (let k = 1; k <= EVALUATIONS; k++) {
    const shown = of(k / EVALUATIONS);
    state = reduceRun(state, {
      kind: 'evaluation',
      step: 50 * k,
      split: 'validation',
      metrics: fixedMetrics(SIZE, 50 * k),
      probes: shown,
    });
  }
  const owner = {
    id,
    name: id,
    createdAt: '',
    setup: defaultSetup(),
    versions: {},
    status: 'done',
    failure: null,
    timings: noTimings,
  } as const;
  const record = recordOfRun(state, owner);
  const numbers = record.probes.reduce(
    (sum, { probes: kept }) => sum + kept.reduce((all, { values }) => all + values.length, 0),
    0,
  );
  const order = view.scenarios.map((_, s) => s);
  const next = reduceRun(state, {
    kind: 'evaluation',
    step: 50 * (EVALUATIONS + 1),
    split: 'validation',
    metrics: fixedMetrics(SIZE, 1),
    probes: of(1),
  });
  const redraw = (of: RunState) => () => {
    const now = viewOfRun(of, { ...view, setup: defaultSetup() });
    const { points } = now.evaluations;
    summaryPoints(points, 'noiseFree');
    curveTable(points, now.scenarios, 'noiseFree');
    heatOverTime(points, now.steps, 'noiseFree', order, 150);
  };
  redraw(state)();
  const times = Array.from({ length: 7 }, (_, k) => cpu(redraw(k % 2 ? state : next))).sort((a, b) => a - b);
  const same = state.evaluations.points.filter((point) => next.evaluations.points.includes(point)).length;
  return `| ${id} | ${state.evaluations.points.length} | ${record.probes.length} | ${(numbers / 1e6).toFixed(1)} | ${megabytes(record.history)} | ${megabytes(record.probes)} | ${megabytes(record)} | ${same} | ${times[3]!.toFixed(0)} |`;
}

const { positionals: asked } = parseCommandLine({ allowPositionals: true, options: {} });
expectKnown(
  'model',
  asked,
  models.map(({ id }) => id),
);
await openBackend('cpu');
console.log(
  '| model | evaluations kept | steps with probes | million numbers of probes | MB metrics | MB probes | MB in all | points shared with the next snapshot | redraw, CPU ms |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const id of asked.length > 0 ? asked : ['mmoe', 'sarnet', 'mscan', 'causalint', 'optmsm', 'aread'])
  console.log(measure(id));

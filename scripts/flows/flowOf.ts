/**
 * What one row goes through in each story's small run, for the Learn page. The row is the first clicked one in the test part of
 * the story's first scenario that has a past.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dosesOf, storySetup, worldAt } from '../../src/app/pages/learn/storySetup';
import { counterfactualProbabilities } from '../../src/data/simulate';
import { openBackend } from '../../src/engine';
import { layoutFromLabels } from '../../src/models/papers/aread/maskReading';
import { createRun } from '../../src/training/run';
import type { ParsedSetup } from '../../src/training/parseSetup';
import { setupToParams } from '../../src/training/setup';
import { readSample } from '../lab/datasets';
import type { Story } from '../../src/app/pages/learn/story';
import type { StoredFlow } from '../../src/app/pages/learn/inside/flow';
import type { Dataset } from '../../src/data/dataset';

type Run = ReturnType<typeof createRun>;
type Numbers = Record<string, number[]>;

/** Stored runs may take longer than those that a reader waits for. */
const LONG = { steps: '400', evaluateEvery: '200' };
/** Where a flow's run differs from the story's small run. */
const MORE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  scenarios: LONG,
  // Long enough for coefficients by epochs.
  sarnet: { ...LONG, firstRefresh: '0', refreshEvery: '0' },
  causalint: LONG,
  optmsm: LONG,
  // c as the paper judges it: by AUC on logged clicks. By log loss it stays 0 in this run, and a last step that takes 0 away shows nothing.
  mscan: { ...LONG, cBy: 'auc' },
  aread: {
    warmup: '200',
    maskInterval: '200',
    numCandidates: '3',
    trialSteps: '5',
    firstExperts: '2',
    evaluateEvery: '200',
    steps: '600',
  },
};

/** Six digits: more than any picture shows, few enough for a small file. */
const rounded = (values: Iterable<number>): number[] =>
  [...values].map((value) => Number(value.toPrecision(6)));

const setupOf = (story: Story, more: Readonly<Record<string, string>>): ParsedSetup =>
  storySetup(story, dosesOf(story).own, { backend: 'wasm', ...more });

/** Address of the Lab that trains a story's stored run again. */
export function flowAddress(story: Story): string {
  return `?${setupToParams(setupOf(story, MORE[story.id] ?? {}), 'tiny').toString()}&autostart=1`;
}

async function trained(story: Story, dataset: Dataset, more: Readonly<Record<string, string>>): Promise<Run> {
  const setup = setupOf(story, more);
  const backend = await openBackend('wasm', { threads: 1 });
  const run = createRun({ id: 'flow', name: null, setup, dataset, backend, weights: null, from: null });
  for await (const event of run.events)
    if (event.kind === 'message' && event.alarm) console.error(event.text);
  return run;
}

function testRows(dataset: Dataset, scenario: number): number[] {
  return Array.from({ length: dataset.rows }, (_, row) => row).filter(
    (row) => dataset.split[row] === 2 && dataset.scenario[row] === scenario,
  );
}

function column(dataset: Dataset, name: string): Int32Array {
  const found = dataset.columns[dataset.fields.findIndex((field) => field.name === name)];
  if (!found) throw new Error(`No field ${name}.`);
  return found;
}

function label(dataset: Dataset, name: string, id: number): string {
  return dataset.fields.find((field) => field.name === name)?.labels?.[id] ?? `${name} ${id}`;
}

interface Seen {
  readonly outputs: Numbers;
  readonly requested: Numbers;
  readonly probes: Numbers;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly batch: number;
}

/** Everything that a pass over one row leaves. */
function look(run: Run, row: number): Seen {
  const seen = { outputs: {} as Numbers, requested: {} as Numbers, probes: {} as Numbers };
  const shapes: Record<string, readonly number[]> = {};
  const { trainer } = run;
  const batch = trainer.readBatch(Int32Array.of(row));
  trainer
    .forward(batch, 'moving', (pass) => {
      const scores = pass.scores();
      const named = { ...pass.outputs(), shownProbability: scores.probability, shownScore: scores.score };
      for (const [name, tensor] of Object.entries(named)) {
        seen.outputs[name] = [...tensor.dataSync()];
        shapes[name] = tensor.shape;
      }
      for (const [name, tensor] of Object.entries(pass.requested()))
        seen.requested[name] = [...tensor.dataSync()].slice(0, tensor.shape[1]);
      for (const [name, { sum, count }] of Object.entries(pass.probes())) {
        const shares = [
          ...tf
            .div(sum, tf.reshape(count, [...count.shape, ...Array<number>(sum.rank - count.rank).fill(1)]))
            .dataSync(),
        ];
        seen.probes[name] = shares;
        shapes[`probe ${name}`] = sum.shape;
      }
      return tf.scalar(0);
    })
    .dispose();
  return { ...seen, shapes, batch: batch.layout.batch };
}

/** The first row's part of an output whose first axis is the batch. */
function first(seen: Seen, name: string): number[] {
  const values = seen.outputs[name];
  const shape = seen.shapes[name];
  if (!values || !shape) throw new Error(`The pass has no ${name}.`);
  return values.slice(0, values.length / (shape[0] ?? 1));
}

/** Category and scenario of each behaviour. */
function behavioursOf(dataset: Dataset, run: Run, row: number): readonly string[][] {
  const { history } = dataset;
  const length = run.trainer.layout.history?.length ?? 0;
  if (!history || length === 0) return [];
  const batch = run.trainer.readBatch(Int32Array.of(row));
  const category = dataset.fields.findIndex(({ name }) => name === 'category');
  const at = run.trainer.layout.history?.itemFields.indexOf(category) ?? -1;
  const width = run.trainer.layout.history?.itemFields.length ?? 1;
  const { offset } = dataset.fields[category]!;
  const fields = run.trainer.layout.fields.length;
  return Array.from({ length }, (_, k) => {
    if (batch.historyMask[k] !== 1) return ['nothing', ''];
    const id = batch.ids[fields + k * width + at]! - offset;
    const where = dataset.scenarios[batch.historyScenario[k]!]?.name ?? 'elsewhere';
    return [label(dataset, 'category', id), where];
  });
}

/** The same as two lists of names. */
function behaviourNames(dataset: Dataset, run: Run, row: number): Record<string, string[]> {
  const all = behavioursOf(dataset, run, row);
  return {
    behaviours: all.map(([what]) => what ?? ''),
    behaviourScenarios: all.map(([, where]) => where ?? ''),
  };
}

interface Found {
  readonly numbers: Numbers;
  readonly names: Record<string, string[]>;
}

async function sarnet(dataset: Dataset, run: Run, row: number, seen: Seen): Promise<Found> {
  const s = dataset.scenario[row]!;
  const item = column(dataset, 'item_id');
  const rows = run.trainer.trainingRows.filter((one) => dataset.scenario[one] === s);
  const { probability } = await run.trainer.predict(Int32Array.from(rows));
  let [earned, all, shown] = [0, 0, 0];
  rows.forEach((one, k) => {
    all += probability[k]!;
    if (item[one] !== item[row]) return;
    earned += probability[k]!;
    shown++;
  });
  const [before, after] = [first(seen, 'gathered'), first(seen, 'vector')];
  const unit = before.reduce(
    (most, _, k) => (Math.abs(after[k]! - before[k]!) > Math.abs(after[most]! - before[most]!) ? k : most),
    0,
  );
  const { arrays } = await run.trainer.snapshot(false);
  const at = s * before.length + unit;
  const gate = first(seen, 'gate');
  const z = first(seen, 'expertLogits');
  const numOwn = Number(run.setup.settings['numOwn']);
  return {
    numbers: {
      behaviourWeight: first(seen, 'behaviourWeight'),
      gathered: before,
      unitBefore: [before[unit]!],
      unitAfter: [after[unit]!],
      unitScale: [arrays['transform.scale']![at]!],
      unitShift: [arrays['transform.shift']![at]!],
      gate,
      expertLogits: z,
      clean: first(seen, 'probability'),
      earnedShare: [earned / all],
      shownShare: [shown / rows.length],
      coefficient: [earned / all / (shown / rows.length)],
    },
    names: {
      ...behaviourNames(dataset, run, row),
      experts: gate.map((_, e) => (e < numOwn ? `own ${e + 1}` : `shared ${e - numOwn + 1}`)),
    },
  };
}

function causalint(dataset: Dataset, _run: Run, row: number, seen: Seen): Found {
  const length = (values: number[]): number => Math.hypot(...values);
  return {
    numbers: {
      lengthIR: [length(first(seen, 'xIR'))],
      lengthSR: [length(first(seen, 'xSR'))],
      alpha: seen.requested['alpha']!,
      vote: seen.requested['vote']!,
      truthElsewhere: [...counterfactualProbabilities(dataset, [row])],
      logit: first(seen, 'logit'),
      probability: first(seen, 'shownProbability'),
    },
    names: { scenarios: dataset.scenarios.map(({ name }) => name) },
  };
}

function optmsm(dataset: Dataset, run: Run, row: number, seen: Seen): Found {
  const s = dataset.scenario[row]!;
  const n = dataset.scenarios.length;
  const spec = run.trainer.model.probes.find(({ name }) => name === 'seGate');
  const fields = [...(spec?.axes[1]?.labels ?? [])];
  const gate = seen.probes['seGate']!.slice(s * fields.length, (s + 1) * fields.length);
  const [, batch, width] = seen.shapes['representations'] as [number, number, number];
  const of = (m: number): number[] =>
    seen.outputs['representations']!.slice(m * batch * width, m * batch * width + width);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  const cosine = (a: number[], b: number[]): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b) || 1);
  const others = Array.from({ length: n }, (_, m) => m).filter((m) => m !== s);
  const all = seen.probes['hyperScale0']!;
  const scale = all.slice((s * all.length) / n, ((s + 1) * all.length) / n);
  const slot = column(dataset, 'slot')[row]!;
  return {
    numbers: {
      gate,
      cosine: others.map((m) => cosine(of(s), of(m))),
      scales: [Math.min(...scale), scale.reduce((sum, x) => sum + x, 0) / scale.length, Math.max(...scale)],
      logit: first(seen, 'logit'),
      probability: first(seen, 'shownProbability'),
    },
    names: {
      fields,
      scenarios: others.map((m) => dataset.scenarios[m]!.name),
      own: [`${dataset.scenarios[s]!.name}, place ${slot}`],
    },
  };
}

async function mscan(dataset: Dataset, run: Run, row: number, seen: Seen): Promise<Found> {
  const { arrays } = await run.trainer.snapshot(false);
  const reference = Object.entries(arrays).find(
    ([name, values]) => /reference|^c$/i.test(name) && values.length === 1,
  );
  if (!reference) throw new Error(`No state holds c among ${Object.keys(arrays).join(', ')}.`);
  return {
    numbers: {
      historyWeight: first(seen, 'historyWeight'),
      matchScore: first(seen, 'matchScore'),
      scenarioLogit: first(seen, 'scenarioLogit'),
      c: [...reference[1]],
      score: first(seen, 'shownScore'),
      probability: first(seen, 'shownProbability'),
    },
    names: behaviourNames(dataset, run, row),
  };
}

function aread(dataset: Dataset, run: Run, row: number, seen: Seen): Found {
  const s = dataset.scenario[row]!;
  const labels = run.trainer.model.probes.find(({ name }) => name === 'masks')?.axes[1]?.labels ?? [];
  return {
    numbers: {
      layers: [...layoutFromLabels(labels).experts],
      mask: seen.probes['masks']!.slice(s * labels.length, (s + 1) * labels.length),
      gates: first(seen, 'gates'),
      headLogits: first(seen, 'headLogits'),
      activeHeads: first(seen, 'activeHeads'),
      probability: first(seen, 'probability'),
    },
    names: { domain: [dataset.scenarios[s]!.name] },
  };
}

/** Eight rows of one scenario under a small model, and every scenario alone and together. */
async function ranking(story: Story, dataset: Dataset, run: Run): Promise<Found> {
  const rows = testRows(dataset, 0);
  const clicked = rows.filter((row) => dataset.label[row] === 1).slice(0, 3);
  const chosen = [...clicked, ...rows.filter((row) => dataset.label[row] === 0).slice(0, 5)];
  const { probability } = await run.trainer.predict(Int32Array.from(chosen));
  const together = await trained(
    { ...story, predict: { ...story.predict, by: { ...story.predict.by, first: 'shared' } } },
    dataset,
    LONG,
  );
  const alone = await trained(
    {
      ...story,
      predict: {
        ...story.predict,
        setup: { model: 'single', preset: 'tiny', hidden: '32,16' },
        by: { name: 'embeddingDim', first: 8, second: 8 },
      },
    },
    dataset,
    LONG,
  );
  const figures = (one: Run): number[] =>
    one.record('done').final!.scenarios.map(({ noiseFreeAuc }) => noiseFreeAuc ?? NaN);
  const final = run.record('done').final!;
  const item = column(dataset, 'category');
  const found = {
    numbers: {
      score: [...probability],
      truth: chosen.map((row) => dataset.truth!.probability[row]!),
      clicked: chosen.map((row) => dataset.label[row]!),
      all: [
        final.scenarios[0]!.auc ?? NaN,
        final.scenarios[0]!.noiseFreeAuc ?? NaN,
        run.record('done').ceilings?.scenarios[0] ?? NaN,
      ],
      together: figures(together),
      alone: figures(alone),
    },
    names: {
      rows: chosen.map((row) => label(dataset, 'category', item[row]!)),
      scenarios: dataset.scenarios.map(({ name }) => name),
    },
  };
  together.dispose();
  alone.dispose();
  return found;
}

const INSIDE = { sarnet, causalint, optmsm, mscan, aread };

/** Trains a story's run and reads what is kept of it. */
export async function flowOf(story: Story): Promise<StoredFlow> {
  const dataset = await readSample(worldAt(story, dosesOf(story).own));
  const run = await trained(story, dataset, MORE[story.id] ?? {});
  const [user, item, slot] = ['user_id', 'item_id', 'slot'].map((name) => column(dataset, name)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const past = dataset.history;
  const behaviours = (row: number): number => past?.lengths[row] ?? 0;
  const row = testRows(dataset, story.pair[0]).find(
    (one) => dataset.label[one] === 1 && behaviours(one) >= 4,
  )!;
  const found =
    story.id === 'scenarios'
      ? await ranking(story, dataset, run)
      : await INSIDE[story.id](dataset, run, row, look(run, row));
  const { step } = run.record('done');
  const flow = {
    story: story.id,
    data: dataset.title,
    address: flowAddress(story),
    step,
    row: {
      row,
      scenario: dataset.scenarios[dataset.scenario[row]!]!.name,
      person: user[row]!,
      item: item[row]!,
      place: slot[row]!,
      clicked: dataset.label[row] === 1,
      truth: dataset.truth!.probability[row]!,
    },
    numbers: Object.fromEntries(
      Object.entries(found.numbers).map(([name, values]) => [name, rounded(values)]),
    ),
    names: found.names,
  };
  run.dispose();
  return flow;
}

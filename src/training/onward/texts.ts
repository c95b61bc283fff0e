/** What people read in the zip: how to go on, and what the model is. */
import { findModel } from '../../models/registry';
import { SPLIT, type Dataset, type SplitName } from '../../data/dataset';
import { SPLIT_RULES } from '../../data/splits';
import { aucCell } from '../metrics/aucKind';
import type { ScenarioMetrics } from '../metrics';
import type { RunRecord } from '../runRecord';
import { formatCount } from '../../data/count';

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'undefined' : value.toFixed(4);

export interface OnwardFacts {
  readonly record: RunRecord;
  readonly dataset: Dataset;
  /** Whether the rows lie in the zip. */
  readonly rows: boolean;
  /** Step of the checkpoint in the zip; null: there is none. */
  readonly checkpoint: number | null;
  /** Whether the run had ended, so that the checkpoint's weights are its best ones. */
  readonly ended: boolean;
  /** Whether weights lie in the zip in their shapes. */
  readonly weights: boolean;
}

/** Where rows come from that do not lie in the zip. */
function rowsText({ dataset, rows }: OnwardFacts): string {
  if (rows) return 'The rows lie in `data/rows.npz`.';
  const where =
    dataset.source.kind === 'simulated'
      ? `Export the run again with its rows (\`--rows\`, or the box on the page): ${dataset.title} is simulated, so they can be made anew.`
      : 'They come from a file of yours: export the run again with its rows (`--rows`, or the box on the page).';
  return `The rows are not in this zip. ${where}`;
}

/** A command of the list, so wide that what follows stands below what follows the others. */
const column = (command: string): string => command.padEnd(56);

/** What the zip holds of the run, and what the package makes of it. */
function heldText({ record, checkpoint, ended, weights }: OnwardFacts): string {
  const { seed, training } = record.setup;
  const ran = `The run itself took ${record.step} of ${training.steps} steps; \`MODEL_CARD.md\` has its metrics`;
  if (checkpoint !== null) {
    const best =
      ended && record.bestStep !== null
        ? ` The run had ended: the weights are its best ones, of step ${record.bestStep}, with the moments of step ${checkpoint}.`
        : '';
    return `The zip holds the run as it was left at step ${checkpoint} of ${training.steps}, with Adam’s moments: training goes on from there.${best}`;
  }
  if (weights)
    return `The zip holds weights and no checkpoint: training starts at step 0 from these weights, with moments of zero. ${ran}.`;
  return `The zip holds the run’s settings alone, neither weights nor a checkpoint: training starts anew at step 0, from the initial weights of seed ${seed}, and there is nothing to score before. ${ran}, but not its weights.`;
}

/** The commands to begin with, each with what it does. */
function commandsOf(facts: OnwardFacts): string {
  const { record, checkpoint, weights } = facts;
  const data = facts.rows ? '' : ' --data ROWS.npz';
  const scored = record.final
    ? 'the metrics that the page showed'
    : 'test metrics of the best weights so far';
  const begun = checkpoint === null ? 'trains from step 0' : `goes on from step ${checkpoint}`;
  return [
    ...(checkpoint !== null || weights
      ? [`${column(`python -m scenarium evaluate .${data}`)}# ${scored}`]
      : []),
    `${column(`python -m scenarium resume . --steps ${furtherOf(facts)}${data}`)}# ${begun}; --steps is the last step`,
    `${column(`python -m scenarium evaluate continued${data}`)}# metrics of the run that went on`,
  ].join('\n');
}

const furtherOf = ({ record, checkpoint }: OnwardFacts): number =>
  Math.max(2 * (checkpoint ?? 0), record.setup.training.steps);

/** `README.md` of the zip. */
export function readmeOf(facts: OnwardFacts): string {
  const { record, dataset, checkpoint } = facts;
  const { setup } = record;
  const data = facts.rows ? '' : ' --data ROWS.npz';
  return `# ${record.name}

${findModel(setup.model).title} on ${dataset.title}, seed ${setup.seed}. ${heldText(facts)}

What you need is Python 3.9 or newer with PyTorch (1.13 or newer) and NumPy; in this folder (with \`python3\` where that is its name):

\`\`\`sh
${commandsOf(facts)}
\`\`\`

Several processes share a batch (gloo on processors, NCCL on graphics cards):

\`\`\`sh
torchrun --nproc_per_node 2 -m scenarium resume . --steps ${furtherOf(facts)}${data}
\`\`\`

PyTorch 1.13 under Python 3.11, as Debian 12 has them, needs \`torchrun -r 1 -t 1 …\`.

Going on writes \`continued/checkpoint.safetensors\` every 500 steps (\`--save-every\`) and at the end; the same command goes on from there after a break, with more \`--steps\` also after the end. At the end
\`continued/run.json\` is a run that the page imports (Compare, Import); \`python -m scenarium convert continued\` writes one as \`run.json\` at any time.

${rowsText(facts)}

The same set-up on a larger log of yours, from step 0: write its rows (npz, CSV or Parquet) and a manifest like \`data/manifest.json\`, then

\`\`\`sh
python -m scenarium train --settings settings.json --manifest MANIFEST.json --data ROWS.parquet --out larger
\`\`\`

| file | holds |
| --- | --- |
| \`settings.json\` | model, settings, training, seed |
${facts.weights ? '| `weights.safetensors` | weights and states by name, in their shapes: for other tools |\n' : ''}${checkpoint === null ? '' : "| `checkpoint.safetensors` | weights with Adam's moments, the best weights, the place in the order of batches, and the run so far |\n"}| \`data/manifest.json\`, \`data/croissant.json\` | what the data is: for the package, and as Croissant metadata |
${facts.rows ? '| `data/rows.npz` | the rows, split as the run splits them |\n' : ''}| \`MODEL_CARD.md\` | what the model is and how it was judged |
| \`scenarium/\`, \`pyproject.toml\` | the package; \`pip install .\` installs it |
`;
}

/** Rows of each part of the split. */
function splitCounts({ split }: Dataset): Readonly<Record<SplitName, number>> {
  const counts = { train: 0, validation: 0, test: 0 };
  const names = Object.keys(SPLIT) as SplitName[];
  for (const part of split) counts[names.find((name) => SPLIT[name] === part)!] += 1;
  return counts;
}

/** How rows were divided, in words. */
function splitRule({ setup }: RunRecord, { source }: Dataset): string {
  const rule = setup.training.split;
  if (rule !== 'dataset') return SPLIT_RULES[rule].meaning;
  return source.kind === 'simulated' ? SPLIT_RULES.usual.meaning : source.note;
}

/** Metrics of a row of the table; `truth`: whether the data has a click probability to compare with. */
function metricsRow(name: string, metrics: ScenarioMetrics, truth: boolean): string {
  const auc = aucCell('drawn', metrics);
  const noiseFree = truth ? shown(metrics.noiseFreeAuc) : 'not known';
  return `| ${name} | ${metrics.rows} | ${auc === 'too few' ? auc : shown(auc)} | ${noiseFree} | ${shown(metrics.logLoss)} | ${shown(metrics.calibration)} |`;
}

/** Which weights the zip has, and whose metrics the card tells. */
function cardWeights({ record, checkpoint, weights }: OnwardFacts): string {
  if (checkpoint !== null) return `those of step ${checkpoint} with its moments, and the best so far`;
  return weights
    ? `the run’s best${record.bestStep === null ? '' : ` (step ${record.bestStep})`}, without moments`
    : 'none: the metrics below are those of the run that this zip was made of';
}

/** `MODEL_CARD.md` of the zip: what it is, what it was trained and judged on, what to keep in mind. */
export function modelCardOf(facts: OnwardFacts): string {
  const { record, dataset } = facts;
  const { setup, final } = record;
  const model = findModel(setup.model);
  const latest = final ?? record.history.at(-1)?.metrics ?? null;
  const judged = final ? 'test rows, best weights' : 'validation rows, latest evaluation';
  const paper = model.paper
    ? `${model.paper.title} (${model.paper.authors}; ${model.paper.venue} ${model.paper.year}), ${model.paper.url}.`
    : 'A control without a paper of its own.';
  const simulated = dataset.source.kind === 'simulated';
  const truth = dataset.truth !== null;
  const counts = splitCounts(dataset);
  const rows = latest && [
    ...latest.scenarios.map((metrics, n) => metricsRow(record.scenarios[n]?.name ?? `${n}`, metrics, truth)),
    metricsRow('all rows', latest.overall, truth),
  ];
  const noTruth = truth ? '' : '; noise-free AUC is not known: the data are not simulated';
  return `# ${model.title}

${model.summary} ${paper}

- **Trained on** ${dataset.title}: ${formatCount(counts.train)} impressions, ${dataset.scenarios.length} scenarios${simulated ? ', simulated' : truth ? ', imported from a file of simulated clicks' : ', imported from a file'}; ${formatCount(counts.validation)} more validate and ${formatCount(counts.test)} test.
- **Split:** ${splitRule(record, dataset)}
- **Trained with** seed ${setup.seed}, batches of ${setup.training.batch}, learning rate ${setup.training.learningRate}, L2 ${setup.training.l2}; ${record.step} of ${setup.training.steps} steps. All settings: \`settings.json\`.
${record.parameters ? `- **Parameters:** ${formatCount(record.parameters)}, embeddings included.\n` : ''}- **Weights in the zip:** ${cardWeights(facts)}.
- **Made by** Scenarium ${record.versions['scenarium'] ?? ''} on ${record.backend ? `${record.backend.name}` : 'PyTorch'}.
- **Licence of the data:** ${simulated ? 'Apache-2.0, as the lab that simulated it.' : 'not stated; the file was imported from a person’s own computer.'}

## How well

${
  rows
    ? `Of ${judged}${final ? ` (step ${record.bestStep})` : ''}; undefined where a scenario has one class only, too few where it has under ten rows of a class${noTruth}.

| scenario | rows | AUC | noise-free AUC | log loss | calibration |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`
    : 'Not evaluated yet.'
}

## What to keep in mind

${
  simulated || truth
    ? 'The clicks are simulated: numbers say how the model does in a world whose truth is known, not how it would do for people.'
    : 'The data is a person’s own file; nothing is known here of how it was collected or of whom it tells.'
}
Ids are those of this dataset's manifest: weights mean nothing for other ids.
`;
}

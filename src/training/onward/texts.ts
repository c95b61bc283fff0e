/** What people read in the zip: how to go on, and what the model is. */
import { findModel } from '../../models/registry';
import type { Dataset } from '../../data/dataset';
import { aucCell } from '../metrics/aucKind';
import type { RunRecord } from '../runRecord';
import { formatCount } from '../../data/count';

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'undefined' : value.toFixed(4);

export interface OnwardFacts {
  readonly record: RunRecord;
  readonly dataset: Dataset;
  /** Whether the rows lie in the zip. */
  readonly rows: boolean;
  /** Step that training goes on from. */
  readonly step: number;
  /** Whether the run had ended, so that its weights are its best ones. */
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
  return `The rows are not in this zip. ${where} Or give a larger log: an npz, CSV or Parquet file with the columns that \`data/manifest.json\` names, after \`--data\`, with a manifest of its own beside it.`;
}

/** A command of the list, so wide that what follows stands below what follows the others. */
const column = (command: string): string => command.padEnd(56);

/** `README.md` of the zip. */
export function readmeOf(facts: OnwardFacts): string {
  const { record, dataset, step } = facts;
  const { setup } = record;
  const further = Math.max(2 * step, setup.training.steps);
  const data = facts.rows ? '' : ' --data ROWS.npz';
  return `# ${record.name}

${findModel(setup.model).title} on ${dataset.title}, seed ${setup.seed}, left at step ${step} of ${setup.training.steps}. What you need is Python 3.9 or newer with PyTorch (1.13 or
newer) and NumPy; in this folder (with \`python3\` where that is its name):

\`\`\`sh
${column(`python -m scenarium evaluate .${data}`)}# the metrics that the page showed
${column(`python -m scenarium resume . --steps ${further}${data}`)}# goes on from step ${step}
\`\`\`

${facts.ended && record.bestStep !== null ? `The run had ended: the weights are its best ones, of step ${record.bestStep}, with the moments of step ${step}.\n\n` : ''}${!facts.ended && step === 0 && facts.weights ? 'Of a run that ended, its best weights are kept: training starts from them, with moments of zero.\n\n' : ''}Several processes share a batch (gloo on processors, NCCL on graphics cards):

\`\`\`sh
torchrun --nproc_per_node 2 -m scenarium resume . --steps ${further}${data}
\`\`\`

PyTorch 1.13 under Python 3.11, as Debian 12 has them, needs \`torchrun -r 1 -t 1 …\`.

Going on writes \`continued/checkpoint.safetensors\` every 500 steps (\`--save-every\`) and at the end; the same command goes on from there after a break, with more \`--steps\` also after the end. At the end
\`continued/run.json\` is a run that the page imports (Compare, Import); \`python -m scenarium convert continued\` writes one as \`run.json\` at any time.

${rowsText(facts)}

| file | holds |
| --- | --- |
| \`settings.json\` | model, settings, training, seed |
${facts.weights ? '| `weights.safetensors` | weights and states by name, in their shapes: for other tools |\n' : ''}| \`checkpoint.safetensors\` | weights with Adam's moments, the best weights, the place in the order of batches, and the run so far |
| \`data/manifest.json\`, \`data/croissant.json\` | what the data is: for the package, and as Croissant metadata |
| \`MODEL_CARD.md\` | what the model is and how it was judged |
| \`scenarium/\`, \`pyproject.toml\` | the package; \`pip install .\` installs it |
`;
}

/** `MODEL_CARD.md` of the zip: what it is, what it was trained and judged on, what to keep in mind. */
export function modelCardOf({ record, dataset, step }: OnwardFacts): string {
  const { setup, final } = record;
  const model = findModel(setup.model);
  const latest = final ?? record.history.at(-1)?.metrics ?? null;
  const judged = final ? 'test rows, best weights' : 'validation rows, latest evaluation';
  const paper = model.paper
    ? `${model.paper.title} (${model.paper.authors}; ${model.paper.venue} ${model.paper.year}), ${model.paper.url}.`
    : 'A control without a paper of its own.';
  const rows = latest?.scenarios.map((metrics, n) => {
    const name = record.scenarios[n]?.name ?? `${n}`;
    const auc = aucCell('drawn', metrics);
    return `| ${name} | ${metrics.rows} | ${auc === 'too few' ? auc : shown(auc)} | ${shown(metrics.noiseFreeAuc)} | ${shown(metrics.logLoss)} | ${shown(metrics.calibration)} |`;
  });
  const simulated = dataset.source.kind === 'simulated';
  return `# ${model.title}

${model.summary} ${paper}

- **Trained on** ${dataset.title}: ${formatCount(dataset.rows)} impressions, ${dataset.scenarios.length} scenarios${simulated ? ', simulated' : ', imported from a file'}.
- **Trained with** seed ${setup.seed}, batches of ${setup.training.batch}, learning rate ${setup.training.learningRate}, L2 ${setup.training.l2}; step ${step} of ${setup.training.steps}. All settings: \`settings.json\`.
- **Made by** Scenarium ${record.versions['scenarium'] ?? ''} on ${record.backend ? `${record.backend.name}` : 'PyTorch'}.

## How well

${
  rows
    ? `Of ${judged}${final ? ` (step ${record.bestStep})` : ''}; undefined where a scenario has one class only, too few where it has under ten rows of a class.

| scenario | rows | AUC | noise-free AUC | log loss | calibration |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`
    : 'Not evaluated yet.'
}

## What to keep in mind

${
  simulated
    ? 'The clicks are simulated: numbers say how the model does in a world whose truth is known, not how it would do for people.'
    : 'The data is a person’s own file; nothing is known here of how it was collected or of whom it tells.'
}
Ids are those of this dataset's manifest: weights mean nothing for other ids.
`;
}

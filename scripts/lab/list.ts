/** `lab list`: everything that can be named on the command line. */
import { SIMULATIONS } from '../../src/data/simulate';
import { models } from '../../src/models/registry';
import { trainingFields } from '../../src/training/settings';
import { settingText } from '../../src/training/setup';
import { readCatalogue } from './datasets';
import type { SettingFields } from '../../src/models/settings';
import type { Flags } from './usage';

function settings(fields: SettingFields): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const range =
        field.type === 'choice'
          ? field.options.join('|')
          : field.type === 'toggle'
            ? 'on|off'
            : `${field.min}…${field.max}`;
      return `    --${name} ${settingText(field.default)} (${range})  ${field.help}`;
    })
    .join('\n');
}

export async function list(flags: Flags): Promise<void> {
  const catalogue = await readCatalogue();
  if (flags.switches.has('json')) {
    const described = models.map(
      ({ id, title, family, summary, fields, presets, presetTraining, variants, paper }) => ({
        id,
        title,
        family,
        summary,
        paper,
        settings: fields,
        presets,
        presetTraining,
        variants,
      }),
    );
    // Twins that no sample holds: named the same way, simulated when they are asked for.
    const onDemand = SIMULATIONS.filter((twin) => !catalogue.samples.some(({ id }) => id === twin.id)).map(
      ({ id, title, scenarios, provenance }) => ({
        id,
        title,
        scenarios: scenarios.length,
        note: provenance,
      }),
    );
    const datasets = { ...catalogue, onDemand };
    process.stdout.write(
      `${JSON.stringify({ models: described, training: trainingFields, datasets }, null, 2)}\n`,
    );
    return;
  }
  const parts = [
    'Models',
    ...models.map(
      (model) =>
        `  ${model.id}  ${model.title} (${model.family}). ${model.summary}\n${settings(model.fields)}`,
    ),
    'Training',
    settings(trainingFields),
    'Datasets',
    ...catalogue.samples.map(
      ({ id, title, rows, scenarios }) => `  ${id}  ${title}, ${rows} rows, ${scenarios} scenarios`,
    ),
  ];
  process.stdout.write(`${parts.join('\n')}\n`);
}

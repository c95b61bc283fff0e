/**
 * What the data is, for machines: Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), in JSON-LD. A
 * dataset of the lab has no address of its own, so its name stands as a URN.
 */
import type { Dataset, Field } from '../../data/dataset';
import { formatCount } from '../../data/count';
import { interestProbabilities } from '../../data/simulate';

/** A file of the zip that metadata tells of. */
export interface DescribedFile {
  /** Its path in the zip. */
  readonly path: string;
  readonly encodingFormat: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  sc: 'https://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  dct: 'http://purl.org/dc/terms/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  isLiveDataset: 'cr:isLiveDataset',
  md5: 'cr:md5',
  recordSet: 'cr:recordSet',
  source: 'cr:source',
} as const;

const APACHE = 'https://spdx.org/licenses/Apache-2.0.html';

/** Columns that every row has beside its fields. */
const ALWAYS = [
  {
    name: 'scenario',
    dataType: 'sc:Integer',
    description: 'Scenario index, from 0, in the manifest’s order.',
  },
  { name: 'label', dataType: 'sc:Integer', description: '1 for a click, else 0.' },
  { name: 'split', dataType: 'sc:Integer', description: '0 train, 1 validation, 2 test.' },
  {
    name: 'weight',
    dataType: 'sc:Float',
    description: 'Brings an evaluation row back to its scenario’s true share.',
  },
] as const;

const described = (field: Field): string =>
  `${field.meaning} ${field.role} field of ${field.size} ids; 0 is other or unknown.`;

/** Columns beside the fields that not all data has: behaviours, time, and what only a simulation knows. */
function further(dataset: Dataset) {
  const { history, truth, timestamp } = dataset;
  const columns: { readonly name: string; readonly dataType: string; readonly description: string }[] = [];
  if (history) {
    const items = history.itemFields.map((f) => dataset.fields[f]!.name).join(', ');
    columns.push(
      {
        name: 'history.ids',
        dataType: 'sc:Integer',
        description: `The last ${history.length} behaviours of the row’s user before the impression, oldest first: ids of ${items}, all rows one after the other; 0 after the last.`,
      },
      {
        name: 'history.scenario',
        dataType: 'sc:Integer',
        description: 'Scenario index of every behaviour; -1 after the last, or where it is not known.',
      },
      { name: 'history.lengths', dataType: 'sc:Integer', description: 'Behaviours of the row.' },
    );
  }
  if (truth) {
    const simulatedTruth = 'Truth of the simulation, not a feature: no model may read it.';
    columns.push(
      {
        name: 'truth.probability',
        dataType: 'sc:Float',
        description: `${simulatedTruth} Probability of a click.`,
      },
      {
        name: 'truth.match',
        dataType: 'sc:Float',
        description: `${simulatedTruth} How well item and user match.`,
      },
      {
        name: 'truth.intervened',
        dataType: 'sc:Integer',
        description: `${simulatedTruth} 1 where the exposure was an intervention.`,
      },
    );
    if (interestProbabilities(dataset, Int32Array.of(0)))
      columns.push({
        name: 'truth.interest',
        dataType: 'sc:Float',
        description: `${simulatedTruth} Probability of a click by interest alone.`,
      });
  }
  if (timestamp)
    columns.push({
      name: 'timestamp',
      dataType: 'sc:Float',
      description: 'Seconds since the epoch at the impression; for the split by time, not a feature.',
    });
  return columns;
}

/** What the rows are, by whom they came to be clicked, and where. */
function summary({ title, rows, scenarios, source, truth }: Dataset): string {
  const clicks =
    source.kind === 'simulated'
      ? 'Simulated: users, items and clicks come from a program, not from people.'
      : `Imported from a file of a person’s own${truth ? '; its clicks are simulated, as its columns of truth say' : ''}.`;
  const names = scenarios.map(({ name }) => name).join(', ');
  return `${title}: ${formatCount(rows)} impressions in ${scenarios.length} scenarios (${names}). ${clicks}`;
}

/** Who made the data and under what terms: a simulation is the lab's, a file its owner's. */
function origin({ source }: Dataset): { readonly creator: object; readonly license: string | object } {
  if (source.kind === 'simulated')
    return { creator: { '@type': 'Organization', name: 'Scenarium' }, license: APACHE };
  const unknown = 'Not stated: the file was imported from a person’s own computer.';
  return {
    creator: { '@type': 'Person', name: 'The owner of the imported file' },
    license: { '@type': 'CreativeWork', name: unknown },
  };
}

/**
 * @param files of the zip; without the rows there is no record set
 * @param published date of the export, as `2026-11-29`
 */
export function croissantOf(dataset: Dataset, files: readonly DescribedFile[], published: string): object {
  const rows = files.find(({ path }) => path.endsWith('.npz'));
  const named = (path: string): string => path.split('/').at(-1) ?? path;
  const fieldOf = (column: string, name: string, dataType: string, description: string) => ({
    '@type': 'cr:Field',
    '@id': `rows/${name}`,
    ...{ name, description, dataType },
    source: { fileObject: { '@id': rows?.path ?? '' }, extract: { column } },
  });
  return {
    '@context': context,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    name: dataset.title,
    description: summary(dataset),
    ...origin(dataset),
    url: `urn:scenarium:dataset:${encodeURIComponent(dataset.id)}`,
    datePublished: published,
    version: '1.0.0',
    keywords: ['recommendation', 'multi-scenario', dataset.source.kind],
    isLiveDataset: false,
    distribution: files.map(({ path, encodingFormat, bytes, sha256 }) => ({
      '@type': 'cr:FileObject',
      '@id': path,
      name: named(path),
      contentUrl: path,
      contentSize: `${bytes} B`,
      ...{ encodingFormat, sha256 },
    })),
    ...(rows && {
      recordSet: [
        {
          '@type': 'cr:RecordSet',
          '@id': 'rows',
          name: 'rows',
          description: 'One impression each.',
          field: [
            ...ALWAYS.map(({ name, dataType, description }) => fieldOf(name, name, dataType, description)),
            ...dataset.fields.map((field, f) =>
              fieldOf(`field.${f}`, `field ${field.name}`, 'sc:Integer', described(field)),
            ),
            ...further(dataset).map(({ name, dataType, description }) =>
              fieldOf(name, name, dataType, description),
            ),
          ],
        },
      ],
    }),
  };
}

/**
 * What the data is, for machines: Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), in JSON-LD. A
 * dataset of the lab has no address of its own, so its name stands as a URN.
 */
import type { Dataset, Field } from '../../data/dataset';
import { formatCount } from '../../data/count';

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
  { name: 'scenario', dataType: 'sc:Integer', description: 'Scenario index, from 0.' },
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
    description: `${dataset.title}: ${formatCount(dataset.rows)} impressions in ${dataset.scenarios.length} scenarios.`,
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
          ],
        },
      ],
    }),
  };
}

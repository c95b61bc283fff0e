/** What is mutated, and what must come of it: one sentence, or something that can be used to its end. */
import './page';
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { openAddress } from '../../../src/app/store/address';
import { buildDataset, inspectFile } from '../../../src/data/import';
import { readCheckpoint } from '../../../src/training/checkpoint/checkpoint';
import { readWeights } from '../../../src/training/checkpoint/weights';
import { parseSetup } from '../../../src/training/parseSetup';
import { readRuns } from '../../../src/training/runFile/readRuns';
import { recordToText } from '../../../src/training/runFile/recordText';
import { summariseDataset } from '../../../src/workers/datasetSummary';
import { drawRun } from './drawRun';
import { mutateBytes, mutateJson, mutateText } from './mutate';
import type { Draws } from './random';

/** What came of a mutant: a sentence, or what was accepted and used. */
export type Outcome = { readonly sentence: string } | 'accepted';

export interface Kind {
  readonly name: string;
  readonly make: (draw: Draws) => unknown;
  /** @throws where it is neither refused in a sentence nor can be used */
  readonly meet: (mutant: never) => Promise<Outcome>;
}

function kind<M>(name: string, make: (draw: Draws) => M, meet: (mutant: M) => Promise<Outcome>): Kind {
  return { name, make, meet };
}

/** Errors that are meant for people have a sentence; others (a TypeError of ours, say) are failures. */
const meant = new Set(['ImportError', 'Error', 'RangeError', 'UsageError']);
async function refusable(work: () => Promise<void> | void): Promise<Outcome> {
  try {
    await work();
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Error) || !meant.has(error.name)) throw error;
    return { sentence: error.message };
  }
}

const columns = ['user_id', 'item_id', 'domain', 'label', 'price', 'timestamp', 'clicks'] as const;
/** Rows of the two sizes that are spoiled: of the few a mutation hits more. */
const many = 40;
const few = 12;
const rows = Array.from({ length: many }, (_, row) => [
  (row * 7) % 11,
  (row * 13) % 17,
  ['home', 'cart', 'Clothing, Shoes'][row % 3]!,
  (row * 5) % 3 === 0 ? 1 : 0,
  row * 1.5,
  1_700_000_000 + row * 97,
  `[${row % 17}, ${(row * 3) % 17}]`,
]);

function log(delimiter: string, length: number): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    return text.includes(delimiter) ? `"${text}"` : text;
  };
  return [columns, ...rows.slice(0, length)].map((row) => row.map(cell).join(delimiter)).join('\n') + '\n';
}
const texts = [few, few, many].flatMap((length) => [
  log(',', length),
  log(';', length).replaceAll('.', ','),
  log('\t', length),
]);

/** As little of Zstandard and LZ4 as holds bytes: what is spoiled is their structure. */
const packers = {
  GZIP: (bytes: Uint8Array) => Uint8Array.from(gzipSync(bytes)),
  // A small window: one is set up for every page.
  BROTLI: (bytes: Uint8Array) =>
    Uint8Array.from(brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_LGWIN]: 10 } })),
  ZSTD: (bytes: Uint8Array) => {
    const { length } = bytes;
    const size = new Uint8Array(Uint32Array.of(length).buffer);
    // A frame of a stated size, and one raw block, the last.
    const block = (length << 3) | 1;
    return Uint8Array.of(
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0xa0,
      ...size,
      block & 255,
      block >> 8,
      block >> 16,
      ...bytes,
    );
  },
  LZ4_RAW: (bytes: Uint8Array) => {
    const more = bytes.length - 15;
    const head =
      more < 0 ? [bytes.length << 4] : [0xf0, ...Array<number>(Math.floor(more / 255)).fill(255), more % 255];
    return Uint8Array.of(...head, ...bytes);
  },
};
const codecs = ['SNAPPY', 'UNCOMPRESSED', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4_RAW'] as const;

function parquetLog(codec: (typeof codecs)[number], length: number): Uint8Array {
  const column = (at: number) => rows.slice(0, length).map((row) => row[at]!);
  const columnData = columns.map((name, at) => ({
    name,
    data: name === 'timestamp' ? column(at).map((value) => BigInt(value)) : column(at),
    type:
      ({ domain: 'STRING', clicks: 'STRING', price: 'DOUBLE', timestamp: 'INT64' } as const)[
        name as 'domain'
      ] ?? ('INT32' as const),
  }));
  return new Uint8Array(
    parquetWriteBuffer({ columnData, codec, rowGroupSize: Math.ceil(length * 0.6), compressors: packers }),
  );
}
const parquets = [few, few, many].flatMap((length) => codecs.map((codec) => parquetLog(codec, length)));

async function importAll(bytes: Uint8Array): Promise<Outcome> {
  return refusable(async () => {
    const inspection = await inspectFile(bytes, { name: 'mutant', maxRows: 500 });
    for (const { sentence } of inspection.warnings) holdSentence(sentence);
    if (!inspection.mapping) return;
    const { dataset, warnings } = await buildDataset(bytes, inspection.mapping, {
      name: 'mutant',
      maxRows: 500,
    });
    for (const { sentence } of warnings) holdSentence(sentence);
    summariseDataset(dataset, 'imported');
  });
}

/** A sentence that a person can read: it ends, is not long, and is not a machine's. */
export function holdSentence(sentence: string): void {
  const raw =
    /Unexpected token|Invalid input|is not a function|undefined \(reading|ENOENT|Offset is outside|Maximum call stack|\[object/;
  if (!/^[\s\S]{10,500}[.…]$/.test(sentence) || raw.test(sentence))
    throw new Error(`no sentence: ${sentence.slice(0, 300)}`);
}

const samples = new URL('../../../tests/formats/samples/', import.meta.url);
const sample = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(name, samples)));

export async function allKinds(): Promise<readonly Kind[]> {
  // A file that is refused as it is proves nothing when it is spoiled.
  for (const bytes of [...parquets, ...texts.map((text) => strToU8(text))]) {
    const outcome = await importAll(bytes);
    if (outcome !== 'accepted')
      throw new Error(`A file is refused before it is spoiled: ${outcome.sentence}`);
  }
  const records: unknown[] = [];
  const archive = await sample('runs.zip');
  for (const [name, bytes] of [
    ['runs.zip', archive],
    ['run.json', await sample('run-causalint.json')],
  ] as const) {
    for await (const { record } of readRuns(new File([bytes.slice()], name)))
      if (record) records.push(JSON.parse(recordToText(record)));
  }
  const smallZip = zipSync({ 'a.json': strToU8(JSON.stringify(records[0])), 'b.json': strToU8('{}') });
  const { mapping } = await inspectFile(strToU8(texts[0]!), { name: 'seed.csv' });
  const weights = await sample('weights.safetensors');
  const position = await sample('checkpoint-finetune.safetensors');
  const addresses = JSON.parse(strOf(await sample('addresses.json'))) as unknown;
  const searches = JSON.stringify(addresses).match(/\?[^"\\]*/g) ?? ['?model=mmoe'];

  async function runsOf(file: File): Promise<Outcome> {
    let sentence: string | null = null;
    for await (const { record, failure } of readRuns(file)) {
      if (record) drawRun(record);
      else sentence = failure ?? null;
    }
    return sentence === null ? 'accepted' : { sentence };
  }

  return [
    kind('Parquet', (draw) => spoilParquet(draw.pick(parquets), draw), importAll),
    kind('CSV', (draw) => strToU8(mutateText(draw.pick(texts), draw)), importAll),
    kind('CSV bytes', (draw) => mutateBytes(strToU8(draw.pick(texts)), draw, 0, 120), importAll),
    kind(
      'mappings',
      (draw) => mutateJson(mapping, draw),
      (mutant: unknown) =>
        refusable(async () => {
          const { dataset, warnings } = await buildDataset(strToU8(texts[0]!), mutant, {
            name: 'mutant.csv',
          });
          for (const { sentence } of warnings) holdSentence(sentence);
          summariseDataset(dataset, 'imported');
        }),
    ),
    kind(
      'exports',
      (draw) => JSON.stringify(mutateJson(draw.pick(records), draw)),
      (mutant: string) => runsOf(new File([mutant], 'mutant.json')),
    ),
    kind(
      'zips',
      (draw) => mutateBytes(smallZip, draw, smallZip.length - 200, smallZip.length),
      (mutant: Uint8Array) => runsOf(new File([mutant.slice()], 'mutant.zip')),
    ),
    kind(
      'safetensors',
      (draw) => mutateBytes(weights, draw, 0, 600),
      (mutant: Uint8Array) => refusable(() => void readWeights(mutant)),
    ),
    kind(
      'checkpoints',
      (draw) => mutateBytes(position, draw, 0, 4000),
      (mutant: Uint8Array) => refusable(() => void readCheckpoint(mutant)),
    ),
    kind(
      'addresses',
      (draw) => mutateText(draw.pick(searches), draw),
      async (mutant: string) => {
        const { setup, problems } = openAddress(mutant);
        for (const problem of problems) holdSentence(problem);
        parseSetup(setup);
        return problems.length > 0 ? { sentence: problems[0]! } : 'accepted';
      },
    ),
  ];
}

const strOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Structure stands at a Parquet file's end, and in the head of every page. */
function spoilParquet(bytes: Uint8Array, draw: Draws): Uint8Array {
  const footer = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true) + 8;
  return draw.chance(0.5)
    ? mutateBytes(bytes, draw, bytes.length - footer, bytes.length)
    : mutateBytes(bytes, draw, 4, bytes.length - footer);
}

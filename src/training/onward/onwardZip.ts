/** *Take it with you*: a run as one zip that goes on in PyTorch (`python/README.md`). */
import { strToU8, zipSync, type Zippable } from 'fflate';
import { manifestOf } from '../../data/format';
import { readCheckpoint } from '../checkpoint/checkpoint';
import { croissantOf, type DescribedFile } from './croissant';
import { NO_TIME } from './npz';
import { rowsOf } from './rows';
import { modelCardOf, readmeOf } from './texts';
import type { Dataset } from '../../data/dataset';
import type { RunRecord } from '../runRecord';

/** Changes with whatever the package must know of to read the zip. */
const FORMAT = 'scenarium-onward/1';

export interface OnwardParts {
  readonly record: RunRecord;
  /** A checkpoint of the run (`Run.checkpoint`); null: it begins at its first step. */
  readonly checkpoint: Uint8Array | null;
  /** Weights in their shapes (`Run.weights`); null where nobody has built the model. */
  readonly weights: Uint8Array | null;
  /** What the run trains on, split as it splits. */
  readonly dataset: Dataset;
  /** Whether the rows come along. */
  readonly rows: boolean;
  /** The package's files by their path below `python/`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Day of the export. */
  readonly today: Date;
}

async function described(path: string, encodingFormat: string, bytes: Uint8Array): Promise<DescribedFile> {
  const digest = await crypto.subtle.digest('SHA-256', bytes.slice());
  const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { path, encodingFormat, bytes: bytes.length, sha256 };
}

const json = (value: unknown): Uint8Array => strToU8(`${JSON.stringify(value, null, 1)}\n`);

/** @throws RangeError with one sentence where the checkpoint is none, or belongs to other data */
export async function onwardZip(parts: OnwardParts): Promise<Uint8Array> {
  const { dataset, rows, record, checkpoint } = parts;
  if (record.datasetFingerprint !== dataset.fingerprint) {
    throw new RangeError(
      `This run was trained on other content of “${record.setup.dataset}”, so its rows cannot come along; train it anew.`,
    );
  }
  const from = checkpoint && readCheckpoint(checkpoint);
  const facts = {
    ...{ record, dataset, rows, checkpoint: from ? from.trainer.state.step : null },
    ended: from?.record.status === 'done' || from?.record.status === 'stopped',
    weights: parts.weights !== null,
  };
  /** What the zip was written with, so that the package misses what is lost and knows what never was. */
  const holds = { checkpoint: checkpoint !== null, weights: parts.weights !== null, rows };
  const manifest = json(manifestOf(dataset));
  const packed = rows ? rowsOf(dataset) : null;
  const files = [await described('manifest.json', 'application/json', manifest)];
  if (packed) files.push(await described('rows.npz', 'application/x-npz', packed));
  const croissant = croissantOf(dataset, files, parts.today.toISOString().slice(0, 10));
  const entries: Zippable = {
    'README.md': strToU8(readmeOf(facts)),
    'MODEL_CARD.md': strToU8(modelCardOf(facts)),
    'settings.json': json({ format: FORMAT, ...record.setup, holds }),
    'data/manifest.json': manifest,
    'data/croissant.json': json(croissant),
    ...Object.fromEntries(Object.entries(parts.sources).map(([path, text]) => [path, strToU8(text)])),
    // Numbers hardly shrink, and rows are packed already.
    ...(parts.weights && { 'weights.safetensors': [parts.weights, { level: 1 }] as const }),
    ...(checkpoint && { 'checkpoint.safetensors': [checkpoint, { level: 1 }] as const }),
    ...(packed && { 'data/rows.npz': [packed, { level: 0 }] as const }),
  };
  return zipSync(entries, { level: 6, mtime: NO_TIME });
}

import type { Dataset } from '../dataset';

/** What is fingerprinted: every column of rows, truth included. */
export type FingerprintedColumns = Pick<
  Dataset,
  'fields' | 'columns' | 'scenario' | 'label' | 'timestamp' | 'split' | 'weight' | 'history' | 'truth'
>;

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Error('SHA-256 needs a secure page: open it over https or from localhost.');
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function bytesOf(
  column: Int32Array | Int16Array | Uint8Array | Float32Array | Float64Array,
): Uint8Array<ArrayBuffer> {
  // A view of the same memory; only a SharedArrayBuffer, which subtle refuses, is copied.
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/**
 * SHA-256 (hex) over the columns: the digest of `name`, `digest(column)` for every column in a fixed order. Column bytes are
 * little-endian, as on every platform that browsers run on. Asynchronous, because the browser's own SHA-256 is.
 */
export async function fingerprintOf(data: FingerprintedColumns): Promise<string> {
  const columns: [string, Int32Array | Int16Array | Uint8Array | Float32Array | Float64Array][] = [
    ...data.fields.map((field, f): [string, Int32Array] => [field.name, data.columns[f]!]),
    ['scenario', data.scenario],
    ['label', data.label],
    ['split', data.split],
    ['weight', data.weight],
  ];
  if (data.timestamp) columns.push(['timestamp', data.timestamp]);
  if (data.history) {
    columns.push(
      ['history_ids', data.history.ids],
      ['history_scenario', data.history.scenario],
      ['history_age', data.history.age],
      ['history_length', data.history.lengths],
    );
  }
  if (data.truth) {
    columns.push(
      ['truth_p', data.truth.probability],
      ['truth_match', data.truth.match],
      ['truth_prominence', data.truth.prominence],
      ['truth_intervened', data.truth.intervened],
    );
    if (data.truth.propensity) columns.push(['truth_propensity', data.truth.propensity]);
  }
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const [name, column] of columns) parts.push(encoder.encode(name), await digest(bytesOf(column)));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  const hash = await digest(all);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A run's identity; branded so that no other string passes for one. */
export type RunId = string & { readonly __brand: 'RunId' };

export function newRunId(): RunId {
  // `randomUUID` is missing on pages served over plain http from another machine.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID() as RunId;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') as RunId;
}

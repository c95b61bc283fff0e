/** A run's identity; branded so that no other string passes for one. */
export type RunId = string & { readonly __brand: 'RunId' };

export function newRunId(): RunId {
  return crypto.randomUUID() as RunId;
}

/** A model's parts and how they hang together, read from the variables that its definition makes. Plain data in and out. */
import type { VariableShape } from '../../../workers/protocol';

export interface Part {
  readonly id: string;
  /** How many of it lie side by side: experts, towers of scenarios; 1 where it is one. */
  readonly copies: number;
  /** Width that enters and leaves; null where it has no matrix. */
  readonly input: number | null;
  readonly output: number | null;
  readonly parameters: number;
  /** Row of the drawing, from 1; the embeddings are row 0. */
  readonly level: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** `flow`: a width that fits; `gate`: weighs the copies of a part. */
  readonly kind: 'flow' | 'gate';
  readonly width: number | null;
}

export interface ModelParts {
  readonly embedding: { readonly rows: number; readonly dim: number; readonly parameters: number };
  readonly parts: readonly Part[];
  readonly arrows: readonly Arrow[];
}

export const EMBEDDING = 'embedding';

/** Last words of a variable's name that say what it is and not where it is. */
const LEAVES = new Set(['weight', 'bias', 'norm', 'gamma', 'beta', 'alpha', 'u', 'v']);
/** More parts than this are named by their first word alone. */
const MOST_PARTS = 12;

/** `level.0.expert.1.norm.gamma` → `level.0.expert`: the variable's layer belongs to its part. */
function partOf(name: string): string {
  const words = name.split('.');
  while (words.length > 1 && LEAVES.has(words.at(-1) ?? '')) words.pop();
  while (words.length > 1 && /^\d+$/.test(words.at(-1) ?? '')) words.pop();
  return words.join('.');
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Variables by part, in the order in which the model makes them. */
function grouped(variables: readonly VariableShape[]): ReadonlyMap<string, readonly VariableShape[]> {
  const by = (key: (name: string) => string): ReadonlyMap<string, VariableShape[]> => {
    const found = new Map<string, VariableShape[]>();
    for (const one of variables) {
      const id = key(one.name);
      const own = found.get(id);
      if (own) own.push(one);
      else found.set(id, [one]);
    }
    return found;
  };
  const fine = by(partOf);
  return fine.size <= MOST_PARTS ? fine : by((name) => name.split('.')[0] ?? name);
}

/** One field's vector, or those of most fields side by side: some models leave the scenario or the place out. */
const readsFields = (width: number, fields: number, dim: number): boolean =>
  width === dim || (width % dim === 0 && width <= fields * dim && 2 * width > fields * dim);

const isGate = (id: string): boolean => /gate$/i.test(id);

function describe(id: string, own: readonly VariableShape[]): Omit<Part, 'level'> {
  const matrices = own.filter(({ shape }) => shape.length >= 2);
  const [first, last] = [matrices[0]?.shape, matrices.at(-1)?.shape];
  return {
    id,
    copies: first && first.length > 2 ? (first[0] ?? 1) : 1,
    input: first?.at(-2) ?? null,
    output: last?.at(-1) ?? null,
    parameters: own.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  };
}

/**
 * Parts with the arrows between them: a part takes what the nearest part before it gives, where that has the width of its
 * first matrix, else the fields' embeddings where it has that of most of them; a gate points at the part whose copies it weighs. Where no
 * width fits (what is concatenated or pooled on the way) there is no arrow.
 *
 * @param fields how many fields the model reads
 * @param rows how many rows the table of embeddings has
 */
export function modelParts(
  variables: readonly VariableShape[],
  table: { readonly rows: number; readonly dim: number },
  fields: number,
): ModelParts {
  const described = [...grouped(variables)].map(([id, own]) => describe(id, own));
  const arrows: Arrow[] = [];
  const levels = new Map<string, number>([[EMBEDDING, 0]]);
  described.forEach((part, k) => {
    const before = described.slice(0, k).filter(({ id }) => !isGate(id));
    const source =
      part.input === null ? undefined : before.findLast(({ output }) => output === part.input)?.id;
    const whole = part.input !== null && (k === 0 || readsFields(part.input, fields, table.dim));
    const from = source ?? (whole ? EMBEDDING : undefined);
    if (from !== undefined) arrows.push({ from, to: part.id, kind: 'flow', width: part.input });
    const beside = Math.max(1, ...before.slice(-1).map(({ id }) => levels.get(id) ?? 1));
    levels.set(part.id, from === undefined ? beside : (levels.get(from) ?? 0) + 1);
  });
  described.forEach((gate, k) => {
    if (!isGate(gate.id)) return;
    const weighed = (one: Omit<Part, 'level'>): boolean =>
      !isGate(one.id) && one.copies > 1 && one.copies === gate.output;
    const target = described.slice(0, k).findLast(weighed) ?? described.slice(k + 1).find(weighed);
    if (target) arrows.push({ from: gate.id, to: target.id, kind: 'gate', width: null });
  });
  return {
    embedding: { ...table, parameters: table.rows * table.dim },
    parts: described.map((part) => ({ ...part, level: levels.get(part.id) ?? 1 })),
    arrows,
  };
}

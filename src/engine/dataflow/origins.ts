/**
 * What a number was made from: a set of origins, each in a role. Sets are told apart by small whole numbers (labels), so that a
 * tensor of many elements carries little.
 */

/** How an origin is in a number: as a value computed there, as a weight not yet applied, as the row's scenario, as a share. */
const ROLES = ['value', 'weight', 'selector', 'gate'] as const;
type Role = (typeof ROLES)[number];

export interface Origin {
  readonly id: number;
  readonly role: Role;
}

const code = ({ id, role }: Origin): number => ROLES.length * id + ROLES.indexOf(role);
const decoded = (given: number): Origin => ({
  id: Math.floor(given / ROLES.length),
  role: ROLES[given % ROLES.length]!,
});

/** Label of a number that was made from nothing that is followed. */
export const NOTHING = 0;

export interface OriginSets {
  of(origins: readonly Origin[]): number;
  origins(label: number): readonly Origin[];
  /** A value stays a value where it is a gate too. */
  union(a: number, b: number): number;
}

/** Most labels that pairs can be told apart by: a double holds the square of it. */
const MOST = 2 ** 26;

export function createOriginSets(): OriginSets {
  const sets: (readonly Origin[])[] = [[]];
  const known = new Map<string, number>([['', NOTHING]]);
  const unions = new Map<number, number>();
  const of = (origins: readonly Origin[]): number => {
    const codes = [...new Set(origins.map(code))].sort((a, b) => a - b);
    const key = codes.join(' ');
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, sets.length);
    return sets.push(codes.map(decoded)) - 1;
  };
  return {
    of,
    origins: (label) => sets[label]!,
    union(a, b) {
      if (a === b || b === NOTHING) return a;
      if (a === NOTHING) return b;
      const key = a < b ? a * MOST + b : b * MOST + a;
      const found = unions.get(key);
      if (found !== undefined) return found;
      const made = of([...sets[a]!, ...sets[b]!]);
      unions.set(key, made);
      return made;
    },
  };
}

/** Variables by part, so that no arrow between parts goes backwards. */

/** A directed graph's strongly connected components, each before those that it points at. */
export function components(
  nodes: readonly string[],
  arrows: readonly (readonly [string, string])[],
): readonly (readonly string[])[] {
  const next = new Map<string, string[]>(nodes.map((node) => [node, []]));
  for (const [from, to] of arrows) next.get(from)?.push(to);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const to of next.get(node)!) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(node, Math.min(low.get(node)!, low.get(to)!));
    }
    if (low.get(node) !== index.get(node)) return;
    found.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of nodes) if (!index.has(node)) visit(node);
  return found.reverse();
}

/** Last words of a variable's name that say what it is and not where it is. */
const LEAVES = new Set(['weight', 'bias', 'gamma', 'beta', 'alpha', 'u', 'v', 'ownGamma', 'ownBeta']);
/** The same where they are the very last: elsewhere a layer is called so. */
const LAST = new Set([...LEAVES, 'scale', 'shift', 'embedding', 'view']);
const NUMBER = /^\d+$/;
/** More parts than this cannot be taken in: they are named by fewer words. */
const MOST_PARTS = 10;
const MOST_ARROWS = 14;

/** Names of a variable's part, from the coarsest: its first word, two words, all but its layer's number, all. */
export function namesOf(variable: string): readonly string[] {
  const words = variable.split('.');
  if (words.length > 1 && LAST.has(words.at(-1)!)) words.pop();
  while (words.length > 1 && words.at(-1) === 'norm') words.pop();
  const whole = words.join('.');
  if (words.length > 1 && NUMBER.test(words.at(-1)!)) words.pop();
  return [words[0]!, words.slice(0, 2).join('.'), words.join('.'), whole];
}

/** The words that all names begin with; else all names. */
function common(names: readonly string[]): string {
  const [first = [], ...others] = names.map((name) => name.split('.'));
  const end = first.findIndex((word, k) => others.some((other) => other[k] !== word));
  const shared = end < 0 ? first : first.slice(0, end);
  return shared.length > 0 ? shared.join('.') : names.join(' × ');
}

interface Named {
  /** Place among the nodes. */
  readonly id: number;
  readonly name: string;
}

/**
 * Part of each variable, by its place. Variables that one operation applies together are one part, so are those that stand in a
 * circle even one by one; elsewhere parts are as fine as can be taken in.
 */
export function partition(
  variables: readonly Named[],
  arrows: readonly { readonly from: number; readonly to: number }[],
  joint: readonly (readonly [number, number])[],
): ReadonlyMap<number, string> {
  for (const start of [2, 1]) {
    const group = partitionFrom(start, variables, arrows, joint);
    const pairs = new Set(
      arrows.flatMap(({ from, to }) => {
        const [a, b] = [group.get(from), group.get(to)];
        return a !== undefined && b !== undefined && a !== b ? [`${a}\n${b}`] : [];
      }),
    );
    if (new Set(group.values()).size <= MOST_PARTS && pairs.size <= MOST_ARROWS) return group;
  }
  return partitionFrom(0, variables, arrows, joint);
}

function partitionFrom(
  start: number,
  variables: readonly Named[],
  arrows: readonly { readonly from: number; readonly to: number }[],
  joint: readonly (readonly [number, number])[],
): ReadonlyMap<number, string> {
  const names = new Map(variables.map(({ id, name }) => [id, namesOf(name)]));
  const level = new Map(variables.map(({ id }) => [id, start]));
  const merged: (readonly [number, number])[] = [...joint];

  for (;;) {
    // Groups of equal names, and those that are merged, become one.
    const group = new Map(variables.map(({ id }) => [id, names.get(id)![level.get(id)!]!]));
    const rename = (from: string, to: string): void => {
      for (const [id, own] of group) if (own === from) group.set(id, to);
    };
    for (const [a, b] of merged) {
      const [one, other] = [group.get(a), group.get(b)];
      if (one !== undefined && other !== undefined && one !== other) rename(other, one);
    }
    const members = new Map<string, number[]>();
    for (const [id, own] of group) members.set(own, [...(members.get(own) ?? []), id]);
    for (const [own, ids] of members)
      rename(own, common([...new Set(ids.map((id) => names.get(id)![level.get(id)!]!))]));
    const circles = components(
      [...new Set(group.values())],
      arrows.flatMap(({ from, to }) => {
        const [a, b] = [group.get(from), group.get(to)];
        return a !== undefined && b !== undefined && a !== b ? [[a, b] as const] : [];
      }),
    ).filter((circle) => circle.length > 1);
    if (circles.length === 0) return group;
    for (const circle of circles) {
      const inside = variables.map(({ id }) => id).filter((id) => circle.includes(group.get(id)!));
      const finer = inside.filter((id) => level.get(id)! < 3);
      for (const id of finer) level.set(id, level.get(id)! + 1);
      if (finer.length === 0) for (const id of inside) merged.push([inside[0]!, id]);
    }
  }
}

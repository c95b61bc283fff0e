/** What a causal graph says of its variables: the joint distribution as a product over their causes. */
import type { CausalGraph } from '../../models/definition';

function symbolOf(label: string): string {
  return /^[A-Za-z]$/.test(label) ? label : String.raw`\text{${label.replace(/[\\{}$#%&_^~]/g, ' ')}}`;
}

/**
 * `P(y, …) = P(y | m, s) P(m | u) …` as TeX, over the edges that are not cut; a variable without causes is given. Null
 * where nothing has a cause, or causes go round in a circle.
 */
export function factorisation(
  { nodes, edges }: Pick<CausalGraph, 'nodes' | 'edges'>,
  isCut: (edge: CausalGraph['edges'][number]) => boolean,
): string | null {
  const kept = edges.filter((edge) => !isCut(edge));
  const causes = new Map(
    nodes.map(({ id }) => [id, [...new Set(kept.filter((edge) => edge.to === id).map(({ from }) => from))]]),
  );
  const done = new Set<string>();
  // Effects first, as products are read: a variable is due once all its effects stand.
  const order: string[] = [];
  while (order.length < nodes.length) {
    const next = nodes.find(
      ({ id }) =>
        !done.has(id) && nodes.every((one) => done.has(one.id) || !causes.get(one.id)!.includes(id)),
    );
    if (!next) return null;
    done.add(next.id);
    order.push(next.id);
  }
  const symbol = (id: string) => symbolOf(nodes.find((node) => node.id === id)!.label);
  const caused = order.filter((id) => causes.get(id)!.length > 0);
  if (caused.length === 0) return null;
  const roots = order.filter((id) => causes.get(id)!.length === 0);
  const list = (ids: readonly string[]) => ids.map(symbol).join(', ');
  const given = roots.length > 0 ? String.raw` \mid ${list(roots)}` : '';
  const factors = caused.map((id) => String.raw`P(${symbol(id)} \mid ${list(causes.get(id)!)})`);
  return String.raw`P(${list(caused)}${given}) = ${factors.join(String.raw`\,`)}`;
}

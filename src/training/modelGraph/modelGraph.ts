/** From what enters what, variable by variable, to a graph of parts. */
import { components, partition } from './partition';
import { recordFlow, type FlowNode, type GraphSource, type VariableFlow } from './record';
import type { GraphArrow, GraphPart, ModelGraph } from './types';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Rows of the table of each field and of all pairs of fields; rows of padding are the first field's. */
function tableRows({ model, fields, batch }: GraphSource): {
  readonly fields: readonly number[];
  readonly crosses: number;
} {
  const { crosses, ownTables = 1 } = batch.layout;
  const pairs = crosses ? crosses.pairs.length * crosses.buckets * ownTables : 0;
  const rows = fields.map(({ size }) => size * ownTables);
  const padding = model.table.tensor.shape[0] - pairs - rows.reduce((sum, n) => sum + n, 0);
  return { fields: rows.map((n, k) => (k === 0 ? n + padding : n)), crosses: pairs };
}

/** Everything from which `end` can be reached. */
function reaching(
  end: string,
  arrows: readonly { readonly from: string; readonly to: string }[],
): Set<string> {
  const found = new Set([end]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { from, to } of arrows) if (found.has(to)) found.add(from);
  }
  return found;
}

/** Fields that go the same ways are one part. */
function fieldGroups(
  nodes: readonly FlowNode[],
  targets: (field: number) => readonly string[],
): ReadonlyMap<number, string> {
  const groups = new Map<string, number[]>();
  nodes.forEach(({ kind }, id) => {
    if (kind !== 'field') return;
    const key = [...new Set(targets(id))].sort().join('\n');
    groups.set(key, [...(groups.get(key) ?? []), id]);
  });
  const named = [...groups.values()].map(
    (ids) => [ids, ids.map((id) => nodes[id]!.name).join(', ')] as const,
  );
  return new Map(named.flatMap(([ids, name]) => ids.map((id) => [id, `fields ${name}`] as const)));
}

/** Arrows between parts; what a part does within itself is none. */
function between(
  entries: VariableFlow['predicting'],
  partOf: (id: number) => string,
  training: boolean,
): GraphArrow[] {
  const found = new Map<string, GraphArrow>();
  for (const { from: a, to: b, gate } of entries) {
    const [from, to] = [partOf(a), partOf(b)];
    if (from === to) continue;
    const key = `${from}\n${to}`;
    found.set(key, { from, to, gate: gate && (found.get(key)?.gate ?? true), training });
  }
  return [...found.values()];
}

/**
 * The model's parts, and an arrow where a value that one computes reaches another without passing a third. Arrows are those of a
 * prediction; what only training computes has those that enter it while training.
 */
export function modelGraph(source: GraphSource): ModelGraph {
  const { nodes, predicting, training, joint, weighed } = recordFlow(source);
  const { layout } = source.batch;
  const at = (kind: FlowNode['kind']): number => nodes.findIndex((node) => node.kind === kind);
  const variables = nodes.flatMap(({ kind, name }, id) => (kind === 'variable' ? [{ id, name }] : []));
  // Earlier items have the rows of the item fields.
  const looked = [
    ['history', layout.history, layout.history?.scenarioField ?? null],
    ['own history', layout.ownHistory, null],
  ] as const;
  const used = new Set(predicting.map(({ from }) => from));
  const lookups = looked.flatMap(([kind, history, scenario]) =>
    history && used.has(at(kind))
      ? [...history.itemFields, ...(scenario === null ? [] : [scenario])].map((from) => ({
          from,
          to: at(kind),
          gate: false,
        }))
      : [],
  );
  const entries = [...lookups, ...predicting];
  // Gradients of training steps inside a pass go backwards: only what nothing else tells of training's own parts is taken.
  const scoring = reaching(
    String(at('prediction')),
    entries.map(({ from, to }) => ({ from: String(from), to: String(to) })),
  );
  const apart = training.filter(({ to }) => !scoring.has(String(to)));
  const parts = partition(variables, [...entries, ...apart], joint);
  const known = (id: number): string => parts.get(id) ?? nodes[id]!.name;
  const all = [...entries, ...apart];
  const groups = fieldGroups(nodes, (field) =>
    all.flatMap(({ from, to }) => (from === field ? [known(to)] : [])),
  );
  const partOf = (id: number): string => groups.get(id) ?? known(id);

  const usual = between(entries, partOf, false);
  const prediction = nodes[at('prediction')]!.name;
  const loss = nodes[at('loss')]!.name;
  const shown = reaching(prediction, usual);
  const extra = between(apart, partOf, true).filter(
    ({ from, to }) => !shown.has(to) && !usual.some((arrow) => arrow.from === from && arrow.to === to),
  );
  // Whatever predicts is in the loss as well: arrows into it are of what nothing but training needs.
  const arrows = [...usual, ...extra].filter(({ from, to }) => to !== loss || !shown.has(from));

  const table = tableRows(source);
  const { dim } = source.model.table;
  const parametersOf = ({ kind, shape }: FlowNode, id: number): number =>
    kind === 'field'
      ? table.fields[id]! * dim
      : kind === 'crosses'
        ? table.crosses * dim
        : kind === 'variable'
          ? sizeOf(shape)
          : 0;
  const made = new Map<string, GraphPart>();
  nodes.forEach((node, id) => {
    const part = partOf(id);
    const { kind, name, shape } = node;
    const before = made.get(part);
    made.set(part, {
      id: part,
      kind: kind === 'field' ? 'fields' : kind === 'variable' ? 'part' : kind,
      fields: [...(before?.fields ?? []), ...(kind === 'field' ? [name] : [])],
      variables: [...(before?.variables ?? []), ...(kind === 'variable' ? [{ name, shape }] : [])],
      parameters: (before?.parameters ?? 0) + parametersOf(node, id),
    });
  });
  const joined = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const there = [...made.values()].filter(({ id, parameters }) => parameters > 0 || joined.has(id));
  const order = components(
    there.map(({ id }) => id),
    arrows.map(({ from, to }) => [from, to] as const),
  ).flat();
  return {
    parts: order.map((id) => made.get(id)!),
    arrows,
    weighed: [
      ...new Map(
        weighed
          .map((one) => ({ gate: partOf(one.gate), of: partOf(one.of) }))
          .filter((one) => one.gate !== one.of)
          .map((one) => [`${one.gate}\n${one.of}`, one] as const),
      ).values(),
    ],
  };
}

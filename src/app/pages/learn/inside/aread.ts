import { list, named, one, short, sigmoid, tex } from './flow';
import type { FlowPicture, StoredFlow } from './flow';

/** Paths between layers of experts under a domain's mask, and the mean of the active heads. */
export function areadPicture(flow: StoredFlow): FlowPicture {
  const layers = list(flow, 'layers');
  const mask = list(flow, 'mask');
  const gates = list(flow, 'gates');
  const heads = list(flow, 'headLogits');
  const active = list(flow, 'activeHeads');
  const probability = one(flow, 'probability');
  const x = (l: number): number => 0.12 + (l / layers.length) * 0.66;
  const y = (l: number, n: number): number => (n + 0.5) / (layers[l] ?? 1);
  const paths = pathsOf(layers);
  const kept = mask.reduce((sum, value) => sum + value, 0);
  const last = layers.length - 1;
  const on = heads.map((_, n) => n).filter((n) => active[n] === 1);
  return {
    boxes: [
      ...layers.flatMap((count, l) =>
        Array.from({ length: count }, (_, n) => ({
          id: `e${l}.${n}`,
          label: l === last ? '' : `${l + 1}.${n + 1}`,
          ...(l === last && { value: short(sigmoid(heads[n] ?? 0)) }),
          x: x(l),
          y: y(l, n),
          step: l === 0 ? 0 : l === last ? 2 : 1,
        })),
      ),
      { id: 'y', label: 'click', value: short(probability, 3), x: 0.93, y: 0.5, step: 3 },
    ],
    arrows: [
      ...paths.flatMap(({ layer, from, to }, k) =>
        mask[k] === 1
          ? [
              {
                from: `e${layer}.${from}`,
                to: `e${layer + 1}.${to}`,
                weight: gates[k] ?? 0,
                step: 1,
              },
            ]
          : [],
      ),
      ...on.map((n) => ({ from: `e${last}.${n}`, to: 'y', step: 3 })),
    ],
    equation: [
      { tex: String.raw`I_1 = \sum_k g_k X_k`, step: 0 },
      {
        tex: String.raw`e_{l,n} = \mathrm{MLP}\Big(\tfrac{\sum_i M_d\, g_{l,n}[i]\, e_{l-1,i}}{\sum_i M_d\, g_{l,n}[i]}\Big)`,
        step: 1,
      },
      { tex: String.raw`K(M_d) = \{n : M_d^{(L)}[:, n] > 0\}`, step: 2 },
      { tex: String.raw`f = \mathrm{mean}_{n \in K}\, \sigma(z_n)`, step: 3 },
    ],
    inNumbers: `f = (${on
      .slice(0, 4)
      .map((n) => tex(sigmoid(heads[n] ?? 0)))
      .join(' + ')}${on.length > 4 ? String.raw` + \dots` : ''}) / ${on.length} = ${tex(probability, 3)}`,
    steps: [
      {
        title: 'Base experts',
        text: `At the start stands an MMoE, which is not drawn: its experts are mixed by gates that read the row, and ${named(flow, 'domain', 0)} starts from the same mixture as all others. 1.1 and 1.2 are the first layer above it.`,
      },
      {
        title: 'Paths under the mask',
        text: `Of ${mask.length} paths between the layers this domain’s mask keeps ${kept} (${short((kept / mask.length) * 100, 0)} %). Only these are drawn; the thicker, the larger the gate.`,
      },
      {
        title: 'Active heads',
        text: `A head counts if any path reaches it: ${on.length} of ${heads.length} do. Each says a click probability.`,
      },
      {
        title: 'Average them',
        text: `The mean of the active heads is ${short(probability, 3)}. The truth for this row is ${short(flow.row.truth, 3)}.`,
      },
    ],
  };
}

/** The paths of masks in their order: layer by layer, from each lower expert to each upper one. */
export function pathsOf(
  layers: readonly number[],
): readonly { readonly layer: number; readonly from: number; readonly to: number }[] {
  return layers.slice(0, -1).flatMap((count, layer) =>
    Array.from({ length: count * (layers[layer + 1] ?? 0) }, (_, k) => ({
      layer,
      from: Math.floor(k / (layers[layer + 1] ?? 1)),
      to: k % (layers[layer + 1] ?? 1),
    })),
  );
}

import type { AnyModelDefinition, CausalGraph } from '../../../models/definition';
import { Figure } from '../../figure/Figure';
import { factorisation } from '../../graph/factorisation';
import { GraphDrawing } from '../../graph/GraphDrawing';
import { useEdgeBars } from '../../beside/useEdgeBars';
import { picture } from '../picture';
import type { RunView } from '../../store/runView';
import { useSetup } from '../../store/setup';

type Edge = CausalGraph['edges'][number];

interface Props {
  readonly view: RunView;
  readonly model: AnyModelDefinition;
  readonly graph: CausalGraph;
}

/**
 * The paper's causal graph. Of the model that is being set up an edge that a module cuts is a switch: pressing it cuts or
 * restores it for the next run. A kept run, and one of another model, shows the switches that it was trained with.
 */
function CausalGraphFigure({ view, model, graph }: Props) {
  const setup = useSetup((state) => state.setup);
  const setSetting = useSetup((state) => state.setSetting);
  const editable = view.current && setup.model === model.id;
  const { settings } = editable ? setup : view.setup;
  const label = (id: string) => graph.nodes.find((node) => node.id === id)?.label ?? id;
  const isCut = (edge: Edge) => (edge.setting ? settings[edge.setting.name] === edge.setting.cut : null);
  const said = (cut: boolean | null) => (cut === null ? 'no switch' : cut ? 'cut' : 'kept');
  /** How the run on show was trained, where what is set differs from that. */
  const trained = (edge: Edge): string => {
    if (!editable || view.id === null || !edge.setting || view.setup.model !== model.id) return '';
    const cut = view.setup.settings[edge.setting.name] === edge.setting.cut;
    return cut === isCut(edge) ? '' : `; this run: ${said(cut)}`;
  };
  const { edges } = graph;
  const beside = useEdgeBars(view.setup);
  return (
    <Figure
      name="causal-graph"
      title={graph.title ?? `What causes what, by ${model.title}`}
      reading={
        (graph.title ? 'Arrows say what enters what.' : 'Arrows are causes.') +
        (editable
          ? ' A ring marks an edge that a module cuts: press it to cut or restore it for the next run, then train both beside each other.'
          : ' A ring marks an edge that a module cuts; here as this run was trained.')
      }
      equation={!graph.title ? factorisation(graph, (edge) => isCut(edge) === true) : null}
      table={{
        columns: ['edge', 'meaning', 'state', 'setting'],
        rows: edges.map((edge) => [
          `${label(edge.from)} → ${label(edge.to)}`,
          edge.meaning,
          said(isCut(edge)),
          edge.setting?.name ?? '',
        ]),
      }}
    >
      <GraphDrawing
        label={`Causal graph of ${model.title}`}
        nodes={graph.nodes.map((node) => ({ ...node, symbol: node.label }))}
        edges={edges.map((edge) => ({
          from: edge.from,
          to: edge.to,
          meaning: edge.meaning,
          cut: isCut(edge),
          state: edge.setting ? `${edge.setting.name}: ${said(isCut(edge))}${trained(edge)}` : undefined,
          ...(edge.setting && edge.setting.name === beside?.name && { bars: beside.bars }),
        }))}
        width={360}
        height={250}
        onToggle={
          editable
            ? ({ from, to }) => {
                const edge = edges.find((one) => one.from === from && one.to === to);
                if (edge?.setting)
                  setSetting(edge.setting.name, isCut(edge) ? edge.setting.kept : edge.setting.cut);
              }
            : null
        }
      />
    </Figure>
  );
}

export const causalGraph = picture({
  id: 'causal-graph',
  tab: 'graph',
  accepts: (_probes, model) => (model.graph ? { model, graph: model.graph } : null),
  Component: CausalGraphFigure,
});

import { useId } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { AnyModelDefinition, ProbeSpec } from '../../../models/definition';
import { findModel } from '../../../models/registry';
import type { RunView } from '../../store/runView';
import { tabIds, useSetup } from '../../store/setup';
import type { TabId } from '../../store/setup';
import { CausalGraphFigure } from '../../pictures/causalGraph/CausalGraphFigure';
import { ConflictFigures } from '../../pictures/conflict/ConflictFigures';
import { AlphaSweepFigure } from '../../pictures/counterfactual/AlphaSweepFigure';
import { CSweepFigure } from '../../pictures/counterfactual/CSweepFigure';
import { VotesFigure } from '../../pictures/counterfactual/VotesFigure';
import { FairnessFigures } from '../../pictures/fairness/FairnessFigures';
import { MaskFigures } from '../../pictures/masks/MaskFigures';
import { ProjectionFigure } from '../../pictures/representation/ProjectionFigure';
import { RepresentationFigures } from '../../pictures/representation/RepresentationFigures';
import { ProbeFigure } from '../../pictures/probe/ProbeFigure';
import { fillers, tabOf } from './tabs';
import type { Tab } from './tabs';
import './inspect.css';

/** Tabs that the run on show offers: the topics of its probes, and the paper's graph. */
function offeredTabs(view: RunView): readonly TabId[] {
  const offered = new Set(view.probeSpecs.map((spec) => spec.topic));
  if (findModel(view.setup.model).graph) offered.add('graph');
  return tabIds.filter((id) => offered.has(id));
}

/** Pictures made from a tab's probes beside (or in place of) the probes' own; `hides` are not drawn again. */
interface Extra {
  readonly hides: readonly string[];
  readonly draw: (view: RunView) => ReactNode;
}

const EXTRAS: Partial<Record<TabId, (specs: readonly ProbeSpec[]) => Extra | null>> = {
  counterfactual: (specs) => {
    const votes = specs.find((spec) => spec.name === 'votes');
    if (votes) return { hides: [votes.name], draw: (view) => <VotesFigure view={view} spec={votes} /> };
    // The probe of a scenario's direct effect comes with the eliminator, whose c can be swept.
    if (!specs.some((spec) => spec.name === 'scenarioEffect')) return null;
    return {
      hides: [],
      draw: (view) => (
        <>
          <CSweepFigure key={view.id} view={view} />
          <AlphaSweepFigure view={view} />
        </>
      ),
    };
  },
  masks: (specs) => {
    const masks = specs.find((spec) => spec.name === 'masks');
    return masks ? { hides: [], draw: (view) => <MaskFigures view={view} spec={masks} /> } : null;
  },
  representation: (specs) => {
    const rows = specs.filter((spec) => spec.source === 'rows');
    if (rows.length === 0) return null;
    return { hides: [], draw: (view) => <RepresentationFigures view={view} specs={rows} /> };
  },
  fairness: (specs) => {
    const fairness = specs.find((spec) => spec.name === 'fairness');
    if (!fairness) return null;
    return {
      hides: [fairness.name, 'fairnessRecovery'],
      draw: (view) => <FairnessFigures view={view} spec={fairness} />,
    };
  },
  conflict: (specs) => {
    const gradient = specs.find((spec) => spec.name === 'scenarioGradient');
    if (!gradient) return null;
    return {
      hides: [gradient.name],
      draw: (view) => (
        <>
          <ConflictFigures view={view} />
          <ProjectionFigure view={view} spec={gradient} />
        </>
      ),
    };
  },
};

/** A tab's own pictures first, then every probe of it that they do not show. */
function ProbeTab({ tab, view }: { readonly tab: TabId; readonly view: RunView }) {
  const specs = view.probeSpecs.filter((spec) => spec.topic === tab);
  const extra = EXTRAS[tab]?.(specs) ?? null;
  const rest = specs.filter((spec) => spec.source !== 'rows' && !extra?.hides.includes(spec.name));
  // What a search or a refresh has yet to bring is named in one sentence, not in an empty figure each.
  const empty = (spec: ProbeSpec) => spec.source === 'procedure' && view.film.frames(spec.name).length === 0;
  const awaited = extra === null ? rest.filter(empty).slice(1) : rest.filter(empty);
  return (
    <>
      {extra?.draw(view)}
      {rest
        .filter((spec) => !awaited.includes(spec))
        .map((spec, k) => (
          <ProbeFigure
            key={spec.name}
            name={figureName(tab, spec, k === 0 && extra === null)}
            view={view}
            spec={spec}
          />
        ))}
      {awaited.length > 0 && (
        <p className="muted tab-awaited" data-testid="awaited">
          With this model’s next search or refresh: {awaited.map(({ title }) => title).join('; ')}.
        </p>
      )}
    </>
  );
}

/** Hook name of a probe's figure: the tab's own name for its first probe, so that specs find it. */
function figureName(tab: TabId, spec: ProbeSpec, first: boolean): string {
  return first ? tab : `${tab}-${spec.name}`;
}

/** A tab that has no picture yet, or none of this model: what it would show, and who fills it. */
function EmptyTab({ tab, model, untouched, building }: EmptyProps) {
  const choose = useSetup((state) => state.chooseModel);
  const chosen = useSetup((state) => state.setup.model);
  if (tab.models.includes(model.id))
    return (
      <div className="empty">
        <p>
          {untouched
            ? `Train ${model.title}, and here stands ${tab.shows}.`
            : building
              ? 'Building the model.'
              : `This run kept nothing of ${tab.label.toLowerCase()}: a switch of ${model.title} may be off. Train it with the switch on, and here stands ${tab.shows}.`}
        </p>
      </div>
    );
  return (
    <div className="empty" data-testid="tab-filled-by">
      <p>
        {model.title} has nothing to show here. {fillers(tab)} would fill it: {tab.shows}.
      </p>
      <p>
        {tab.models
          .filter((id) => id !== chosen)
          .map((id) => (
            <button key={id} type="button" className="button" onClick={() => choose(id)}>
              Choose {findModel(id).title}
            </button>
          ))}
      </p>
    </div>
  );
}

interface EmptyProps {
  readonly tab: Tab;
  readonly model: AnyModelDefinition;
  readonly untouched: boolean;
  readonly building: boolean;
}

export function Inspect({ view }: { readonly view: RunView }) {
  const wanted = useSetup((state) => state.tab);
  const chosenModel = useSetup((state) => state.setup.model);
  const set = useSetup((state) => state.set);
  const id = useId();
  const untouched = view.current && view.id === null;
  // Before a run the chosen model's own graph can be looked at; its other pictures need numbers.
  const model = findModel(untouched ? chosenModel : view.setup.model);
  const filled: readonly TabId[] = untouched ? (model.graph ? ['graph'] : []) : offeredTabs(view);
  const asked = tabIds.find((one) => one === wanted) ?? null;
  // Beside what there is to see: before a run what this model will fill, and a tab that was asked for by name.
  const tabs = tabIds.filter(
    (one) => filled.includes(one) || one === asked || (untouched && tabOf(one).models.includes(model.id)),
  );
  const tab = asked ?? filled[0] ?? tabs[0] ?? null;

  function onKeyDown(event: KeyboardEvent): void {
    const at = tabs.findIndex((one) => one === tab);
    const next =
      event.key === 'ArrowRight'
        ? tabs[(at + 1) % tabs.length]
        : event.key === 'ArrowLeft'
          ? tabs[(at + tabs.length - 1) % tabs.length]
          : undefined;
    if (!next) return;
    event.preventDefault();
    set({ tab: next });
    document.getElementById(`${id}-${next}`)?.focus();
  }

  return (
    <div className="inspect">
      {tabs.length > 0 && (
        <div className="tabs" role="tablist" aria-label="Inspect" onKeyDown={onKeyDown}>
          {tabs.map((one) => (
            <button
              key={one}
              id={`${id}-${one}`}
              type="button"
              role="tab"
              data-testid={`tab-${one}`}
              aria-selected={one === tab}
              aria-controls={`${id}-panel`}
              tabIndex={one === tab ? 0 : -1}
              onClick={() => set({ tab: one })}
            >
              {tabOf(one).label}
            </button>
          ))}
        </div>
      )}
      {tab === null ? (
        <div className="empty">
          {view.state === 'compiling' ? (
            <p>Building the model.</p>
          ) : (
            <p>
              {model.title} showed nothing of its inside in this run; train it again, and its pictures appear
              here.
            </p>
          )}
        </div>
      ) : (
        <div className="tab-panel" id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab}`}>
          {!filled.includes(tab) ? (
            <EmptyTab
              tab={tabOf(tab)}
              model={model}
              untouched={untouched}
              building={view.state === 'compiling'}
            />
          ) : tab === 'graph' ? (
            <CausalGraphFigure model={model} />
          ) : (
            <ProbeTab key={view.id ?? ''} tab={tab} view={view} />
          )}
        </div>
      )}
    </div>
  );
}

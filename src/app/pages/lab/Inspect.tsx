import { useCallback, useEffect, useId } from 'react';
import type { KeyboardEvent } from 'react';
import { findModel } from '../../../models/registry';
import type { RunView } from '../../store/runView';
import { pictures } from '../../pictures';
import { tabContents } from '../../pictures/contents';
import { TabPictures } from '../../pictures/TabPictures';
import { StagePanel } from '../../figure/StagePanel';
import { framesOf } from '../../store/runView';
import { fills, inOrder, tabIds, tabOf } from '../../pictures/tabs';
import { useSetup } from '../../store/setup';
import { EmptyTab } from './EmptyTab';
import './inspect.css';

/** Steps at which a tab's matrices were kept, ascending: figures that are computed from them follow the same. */
function stepsOf(view: RunView, tab: string | null): readonly number[] {
  const own = view.probeSpecs.filter(({ topic, axes }) => topic === tab && axes.length > 1);
  const all = own.flatMap(({ name }) => framesOf(view, name).map(({ step }) => step));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** What is inside the run on show, in tabs: those that it fills, and those that it could fill. */
export function Inspect({ view }: { readonly view: RunView }) {
  const wanted = useSetup((state) => state.tab);
  const chosenModel = useSetup((state) => state.setup.model);
  const set = useSetup((state) => state.set);
  const picture = useSetup((state) => state.picture);
  const onShow = useCallback((name: string) => set({ picture: name }), [set]);
  const id = useId();
  const untouched = view.current && view.id === null;
  // Before a run the chosen model's own graph can be looked at; its other pictures need numbers.
  const model = findModel(untouched ? chosenModel : view.setup.model);
  const contents = tabContents(pictures, { probes: untouched ? [] : view.probeSpecs, model });
  const filled = contents.map(({ tab }) => tab);
  // Beside what there is to see: before a run what this model will fill, and a tab that was asked for by name.
  const coming = untouched ? tabIds.filter((one) => fills(model, one)) : [];
  const tabs = inOrder([...new Set([...filled, ...coming, ...(wanted === null ? [] : [wanted])])]);
  const tab = wanted ?? tabs.find((one) => filled.includes(one)) ?? tabs[0] ?? null;
  const shown = contents.find((one) => one.tab === tab);

  const row = tabs.join(' ');
  useEffect(() => {
    // A tab that was asked for by address may stand outside the row, and is pushed out of it by those that a run adds.
    const button = tab === null ? null : document.getElementById(`${id}-${tab}`);
    const list = button?.parentElement;
    // Only the row: `scrollIntoView` would scroll a phone's page down to it.
    if (button && list) list.scrollLeft = button.offsetLeft - (list.clientWidth - button.offsetWidth) / 2;
  }, [id, tab, row]);

  const steps = stepsOf(view, tab);

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
    set({ tab: next, picture: null });
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
              onClick={() => set({ tab: one, picture: null })}
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
        <div className="inspect-panel" id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${tab}`}>
          {shown ? (
            <StagePanel
              key={`${view.id ?? ''} ${tab}`}
              wanted={picture}
              onShow={onShow}
              live={view.current && view.state === 'training'}
              steps={steps}
            >
              <TabPictures contents={shown} view={view} />
            </StagePanel>
          ) : (
            <EmptyTab
              tab={tabOf(tab)}
              model={model}
              untouched={untouched}
              building={view.state === 'compiling'}
            />
          )}
        </div>
      )}
    </div>
  );
}

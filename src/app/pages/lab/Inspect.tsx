import { useId } from 'react';
import type { KeyboardEvent } from 'react';
import { findModel } from '../../../models/registry';
import type { RunView } from '../../store/runView';
import { pictures } from '../../pictures';
import { tabContents } from '../../pictures/contents';
import { TabPictures } from '../../pictures/TabPictures';
import { fills, inOrder, tabIds, tabOf } from '../../pictures/tabs';
import { useSetup } from '../../store/setup';
import { EmptyTab } from './EmptyTab';
import './inspect.css';

/** What is inside the run on show, in tabs: those that it fills, and those that it could fill. */
export function Inspect({ view }: { readonly view: RunView }) {
  const wanted = useSetup((state) => state.tab);
  const chosenModel = useSetup((state) => state.setup.model);
  const set = useSetup((state) => state.set);
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
          {shown ? (
            <TabPictures key={view.id ?? ''} contents={shown} view={view} />
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

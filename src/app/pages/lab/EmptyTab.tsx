import type { AnyModelDefinition } from '../../../models/definition';
import { fillers, fills, namesOf } from '../../pictures/tabs';
import type { Tab } from '../../pictures/tabs';
import { useSetup } from '../../store/setup';

interface Props {
  readonly tab: Tab;
  readonly model: AnyModelDefinition;
  readonly untouched: boolean;
  readonly building: boolean;
}

/** A tab that has no picture yet, or none of this model: what it would show, and who fills it. */
export function EmptyTab({ tab, model, untouched, building }: Props) {
  const choose = useSetup((state) => state.chooseModel);
  const chosen = useSetup((state) => state.setup.model);
  const others = fillers(tab.id);
  if (fills(model, tab.id))
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
        {model.title} has nothing to show here.
        {others.length > 0 && ` ${namesOf(others)} would fill it: ${tab.shows}.`}
      </p>
      <p>
        {others
          .filter(({ id }) => id !== chosen)
          .map(({ id, title }) => (
            <button key={id} type="button" className="button" onClick={() => choose(id)}>
              Choose {title}
            </button>
          ))}
      </p>
    </div>
  );
}

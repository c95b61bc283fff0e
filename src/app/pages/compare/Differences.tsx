import { differencesInWords } from '../../../studies/groups';
import { modelTitle, settingDifferences } from '../../../studies/setups';
import type { RunGroup } from '../../../studies/groups';
import type { RunView } from '../../store/runView';

/** What the chosen runs share and where each departs from the reference, in words. */
export function Differences({
  groups,
  reference,
}: {
  readonly groups: readonly RunGroup<RunView>[];
  readonly reference: RunGroup<RunView> | null;
}) {
  const differ = settingDifferences(groups.map((group) => group.runs[0].setup));
  const names = new Set(differ.map(({ name }) => name));
  const first = groups[0]!.runs[0];
  const runs = groups.reduce((sum, group) => sum + group.runs.length, 0);
  const shared = [
    names.has('model') ? null : modelTitle(first.setup.model),
    names.has('dataset') ? null : `on ${first.datasetTitle || first.setup.dataset}`,
  ].filter((part) => part !== null);
  const others = groups.filter((group) => group !== reference);
  return (
    <section className="differences" data-testid="differences" aria-label="What differs">
      <h2 className="visually-hidden">The chosen runs</h2>
      <p>
        {runs} {runs === 1 ? 'run' : 'runs'}, {groups.length} {groups.length === 1 ? 'set-up' : 'set-ups'}
        {shared.length > 0 && `: all ${shared.join(' ')}`}.{' '}
        {reference && others.length > 0 && `Beside the reference, ${reference.label}:`}
      </p>
      {reference && others.length > 0 && (
        <ul>
          {others.map((group) => (
            <li key={group.key}>
              <b>{group.label}</b> {differencesInWords(group, reference)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

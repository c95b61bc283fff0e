import { differences, titleOf } from './groups';
import type { RunGroup } from './groups';

/** What the chosen runs share and where they differ, in words. */
export function Differences({ groups }: { readonly groups: readonly RunGroup[] }) {
  const setups = groups.map((group) => group.runs[0]!.setup);
  const differ = differences(setups);
  const names = new Set(differ.map(({ name }) => name));
  const first = groups[0]!.runs[0]!;
  const shared = [
    names.has('model') ? null : titleOf(first.setup.model),
    names.has('dataset') ? null : `on ${first.datasetTitle || first.setup.dataset}`,
  ].filter((part) => part !== null);
  return (
    <section className="differences" data-testid="differences" aria-label="What differs">
      <p>
        {groups.reduce((sum, group) => sum + group.runs.length, 0)} runs, {groups.length} set-up
        {groups.length === 1 ? '' : 's'}
        {shared.length > 0 && `: all ${shared.join(' ')}`}.{' '}
        {groups.length > 1 &&
          (differ.length === 0 ? 'They differ in settings that only one model has.' : 'They differ in:')}
      </p>
      {groups.length > 1 && differ.length > 0 && (
        <ul>
          {differ.map(({ name, label, values }) => (
            <li key={name}>
              {label}: {[...new Set(values)].join(' | ')}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

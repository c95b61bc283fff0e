/** The simulator's groups of scenarios. */
import type { RunState } from '../../training/reduceRun';

/** Groups as numbers `[N]`; null where they say nothing: none, one, or each scenario its own. */
export function groupNumbers(
  scenarios: RunState['scenarios'],
): { readonly group: number[]; readonly groups: number } | null {
  const names = scenarios.map(({ group }) => group);
  const known = [...new Set(names)];
  if (names.includes(null) || known.length < 2 || known.length === names.length) return null;
  return { group: names.map((name) => known.indexOf(name)), groups: known.length };
}

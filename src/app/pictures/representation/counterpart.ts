/** Which kept runs a run's representations stand beside, and the run that differs by the constraint alone. */
import { findModel } from '../../../models/registry';
import type { RunSetup } from '../../../training/runRecord';
import type { RunSummary } from '../../../workers/protocol';
import { sameValue } from '../../../models/settings';

/** A setting that shapes representations, and the value that takes its effect away. */
interface Constraint {
  readonly setting: string;
  readonly off: number | boolean;
  /** As people call it. */
  readonly title: string;
}

const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  optmsm: { setting: 'lambdaOrth', off: 0, title: 'the orthogonality constraint' },
  causalint: { setting: 'invar', off: false, title: 'the invariant representation’s tasks' },
  sarnet: { setting: 'transform', off: false, title: 'the scenario-specific transform' },
  mscan: { setting: 'sbe', off: false, title: 'the bias eliminator' },
};

export interface Counterpart {
  readonly setup: RunSetup;
  /** What the counterpart is, e.g. "without the orthogonality constraint". */
  readonly label: string;
}

/** The same set-up and seed with the model's constraint turned over; null where it has none. */
export function counterpartOf(setup: RunSetup): Counterpart | null {
  const constraint = CONSTRAINTS[setup.model];
  const field = constraint && findModel(setup.model).fields[constraint.setting];
  if (!constraint || !field) return null;
  const isOff = sameValue(setup.settings[constraint.setting], constraint.off);
  const value = isOff ? field.default : constraint.off;
  return {
    setup: { ...setup, settings: { ...setup.settings, [constraint.setting]: value } },
    label: `${isOff ? 'with' : 'without'} ${constraint.title}`,
  };
}

const ended = ({ status }: RunSummary): boolean => status === 'done' || status === 'stopped';

function sameBut(free: string | null, a: Readonly<Record<string, unknown>>, b: typeof a): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (name) => name === free || sameValue(a[name] as never, b[name] as never),
  );
}

/** The newest kept run that differs from `setup` by the constraint alone, which one has and the other has not. */
export function findCounterpart(setup: RunSetup, runs: readonly RunSummary[]): RunSummary | null {
  const constraint = CONSTRAINTS[setup.model];
  if (!constraint) return null;
  const { setting, off } = constraint;
  const isOff = (of: RunSetup): boolean => sameValue(of.settings[setting], off);
  const found = runs.filter(
    (run) =>
      ended(run) &&
      (['model', 'dataset', 'seed'] as const).every((key) => run.setup[key] === setup[key]) &&
      isOff(run.setup) !== isOff(setup) &&
      sameBut(setting, run.setup.settings, setup.settings) &&
      sameBut(null, { ...run.setup.training }, { ...setup.training }),
  );
  return found.reduce<RunSummary | null>(
    (newest, run) => (newest && newest.createdAt >= run.createdAt ? newest : run),
    null,
  );
}

/** Kept runs of the same data that can stand beside a run. */
export function comparable(
  id: string | null,
  dataset: string,
  runs: readonly RunSummary[],
): readonly RunSummary[] {
  return runs.filter((run) => run.id !== id && run.setup.dataset === dataset && ended(run));
}

import { beyondInt32Notice, oneUserNotice } from './checks';
import { counted, notice, type Notice } from './errors';
import type { ImportRole } from './mapping';
import type { ColumnProfile } from './profile';
import type { Proposal } from './propose';

/** Adds to `warnings` what a person should know before they import. */
export function pushWarnings(
  profiles: readonly ColumnProfile[],
  proposals: ReadonlyMap<string, Proposal>,
  ids: { readonly user: string | null },
  firstLine: number,
  warnings: Notice[],
): void {
  const holder = (role: ImportRole): ColumnProfile | undefined =>
    profiles.find((profile) => proposals.get(profile.name)!.role === role);
  const label = holder('label');
  if (!label) {
    warnings.push(
      notice(
        'noLabel',
        `None of ${counted(profiles.length, 'column')} looks like a label; choose the column that says whether a row was clicked, bought or liked.`,
      ),
    );
  } else if (label.distinct < 2) {
    warnings.push(
      notice(
        'oneClass',
        `All labels in column “${label.name}” are the same, so there is nothing to tell apart; choose another label.`,
        { column: label.name },
      ),
    );
  }
  const scenario = holder('scenario');
  if (!scenario)
    warnings.push(
      notice('noScenario', 'No column looks like a scenario; choose one, or all rows count as one scenario.'),
    );
  else if (scenario.distinct === 1) {
    warnings.push(
      notice(
        'oneScenario',
        `Column “${scenario.name}” holds one scenario only (${scenario.examples[0]}); models train, but there is nothing to share between scenarios.`,
        { column: scenario.name },
      ),
    );
  }
  if (!holder('time') && !holder('split')) {
    warnings.push(
      notice('noTimeOrder', 'No column gives rows an order in time, so they will be split at random.'),
    );
  }
  for (const profile of profiles) {
    if (
      profile.beyondInt32Line === null ||
      proposals.get(profile.name)!.role === 'ignore' ||
      proposals.get(profile.name)!.role === 'time'
    )
      continue;
    warnings.push(beyondInt32Notice(profile.name, profile.beyondInt32Line));
  }
  const user = ids.user === null ? undefined : profiles.find((profile) => profile.name === ids.user);
  if (user?.distinct === 1 && user.missing === 0) warnings.push(oneUserNotice(user.name, firstLine));
}

/** Every way of training. A new one is one line here; models name theirs by id. */
import { areadProcedure } from './aread';
import { finetune } from './finetune';
import { sarnetProcedure } from './sarnet';
import { standard } from './standard';
import type { Procedure } from '../procedure';

const procedures: readonly Procedure[] = [standard, finetune, areadProcedure, sarnetProcedure];

/** @throws RangeError naming the known ids */
export function findProcedure(id: string): Procedure {
  const found = procedures.find((procedure) => procedure.id === id);
  if (!found) {
    throw new RangeError(
      `There is no training procedure "${id}"; known: ${procedures.map((procedure) => procedure.id).join(', ')}.`,
    );
  }
  return found;
}

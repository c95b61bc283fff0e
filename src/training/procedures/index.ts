/** Every way of training. A new one is one line here; models name theirs by id. */
import { areadProcedure } from './aread';
import { finetuneProcedure } from './finetune';
import { mamdrProcedure } from './mamdr';
import { preclusterProcedure } from './precluster';
import { sarnetProcedure } from './sarnet';
import { standardProcedure } from './standard';
import type { ProcedureChoice } from '../../models/procedureChoice';
import type { Procedure, ProcedureDefinition } from '../procedure';
import { shortened } from '../../data/shortened';

const procedures: readonly ProcedureDefinition[] = [
  standardProcedure,
  finetuneProcedure,
  mamdrProcedure,
  preclusterProcedure,
  areadProcedure,
  sarnetProcedure,
];

/** @throws RangeError naming the known ids */
export function findProcedure({ id, settings }: ProcedureChoice): Procedure {
  const found = procedures.find((procedure) => procedure.id === id);
  if (!found) {
    throw new RangeError(
      `There is no training procedure "${shortened(id)}"; known: ${procedures.map((procedure) => procedure.id).join(', ')}.`,
    );
  }
  return found.configure(settings);
}

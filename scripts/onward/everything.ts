/** What is compared: every model, and MAMDR around each further base, which reads histories too. */
import { findModel, models } from '../../src/models/registry';
import type { Trained } from './runs';

function mamdrBases(): readonly Trained[] {
  const { base } = findModel('mamdr').fields;
  if (base?.type !== 'choice') throw new Error('MAMDR has no choice of a base.');
  return base.options
    .filter((option) => option !== base.default)
    .map((option) => ({
      name: `mamdr over ${option}`,
      model: 'mamdr',
      settings: { base: option, history: 'attention' },
    }));
}

export const everything: readonly Trained[] = models.flatMap(({ id }) => [
  { name: id, model: id },
  ...(id === 'mamdr' ? mamdrBases() : []),
]);

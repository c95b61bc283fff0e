/** Pairs of fields whose values have a row of the table together (Cheng et al. 2016, Section 3.1, `φ_k`). */
import type { CrossedFields, DataShape } from './definition';

/**
 * Places of the crossed fields among `shape.fields`.
 *
 * @throws RangeError with one sentence where the data has no such pair
 */
export function crossedPairs(
  { fields }: Pick<DataShape, 'fields'>,
  of: CrossedFields,
): readonly (readonly [number, number])[] {
  const withRole = (role: string) => fields.flatMap((field, place) => (field.role === role ? [place] : []));
  if (of === 'user-item') {
    const pairs = withRole('user').flatMap((user) =>
      withRole('item').map((item): readonly [number, number] => [user, item]),
    );
    if (pairs.length === 0)
      throw new RangeError(
        'The dataset has no user field beside an item field to cross; choose crosses of the scenario, or none.',
      );
    return pairs;
  }
  const [scenario] = withRole('scenario');
  if (scenario === undefined)
    throw new RangeError(
      'The dataset has no scenario field to cross with others; give a column that role, or choose other crosses.',
    );
  return fields.flatMap((_, place): (readonly [number, number])[] =>
    place === scenario ? [] : [[scenario, place]],
  );
}

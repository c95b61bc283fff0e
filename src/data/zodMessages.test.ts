import { expect, it } from 'vitest';
import { z } from './zod';
import { whatIsWrong } from './zodMessages';

const schema = z.strictObject({
  name: z.string().min(2),
  role: z.enum(['user', 'item']),
  size: z.int().min(1).max(9),
  share: z.number().gt(0),
  version: z.literal(1),
  list: z.array(z.number()).min(1),
});
const good = { name: 'ab', role: 'user', size: 1, share: 0.1, version: 1, list: [1] };

it.each([
  [{ name: 3 }, 'name must be a text'],
  [{ name: undefined }, 'name is missing'],
  [{ name: '' }, 'name must be at least 2 characters'],
  [{ role: 'x' }, 'role must be one of user, item'],
  [{ size: 1.5 }, 'size must be a whole number'],
  [{ size: 10 }, 'size must be at most 9'],
  [{ share: 0 }, 'share must be above 0'],
  [{ version: 2 }, 'version must be 1'],
  [{ list: ['a'] }, 'list.0 must be a number'],
  [{ list: [] }, 'list must be at least 1 entries'],
  [{ more: 1 }, 'it has “more”, which is not known there'],
])('%j is wrong because %s', (change, words) => {
  const { error } = schema.safeParse({ ...good, ...change });
  expect(whatIsWrong(error!)).toBe(words);
});

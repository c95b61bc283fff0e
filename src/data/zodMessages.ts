/** What is wrong with a value, in plain words and not in a schema's. */
import { shortened } from './shortened';
import type { z } from './zod';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The first thing that is wrong, where it stands, and what is expected: `columns.0.role must be one of user, item`. */
export function whatIsWrong(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'it has the wrong form';
  const place = issue.path.length === 0 ? 'it' : shortened(issue.path.map(String).join('.'));
  const limit = (bound: number | bigint, origin: string): string =>
    origin === 'string' ? `${bound} characters` : origin === 'array' ? `${bound} entries` : String(bound);
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('undefined')
        ? `${place} is missing`
        : `${place} must be ${kinds[issue.expected] ?? 'of another kind'}`;
    case 'invalid_value':
      return `${place} must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${place} must ${issue.inclusive === false ? 'be above' : 'be at least'} ${limit(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${place} must ${issue.inclusive === false ? 'be below' : 'be at most'} ${limit(issue.maximum, issue.origin)}`;
    case 'unrecognized_keys':
      return `${place} has “${shortened(issue.keys[0] ?? '')}”, which is not known there`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return `${place} has the wrong form`;
  }
}

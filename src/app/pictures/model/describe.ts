/** What stands in the boxes of a model's drawing. */
import type { GraphPart, ModelGraph } from '../../../training/modelGraph/types';
import { formatCount, formatPercent } from '../../format';

interface Described {
  readonly title: string;
  /** How many of it, and from which width to which. */
  readonly shape: string;
  readonly numbers: string;
  /** How many of it lie side by side: experts, towers of scenarios. */
  readonly copies: number;
}

function shapeOf({ variables }: GraphPart): { readonly copies: number; readonly text: string } {
  const matrices = variables.map(({ shape }) => shape).filter((shape) => shape.length >= 2);
  const [first, last] = [matrices[0], matrices.at(-1)];
  if (!first || !last) return { copies: 1, text: '' };
  const copies = first.length > 2 ? first[0]! : 1;
  return { copies, text: `${copies > 1 ? `${copies} × ` : ''}${first.at(-2)} → ${last.at(-1)}` };
}

export function describePart(part: GraphPart, { arrows, parts }: ModelGraph): Described {
  const { text, copies } = shapeOf(part);
  const chosen = arrows.some(
    ({ from, to }) => to === part.id && parts.find(({ id }) => id === from)?.kind === 'scenario',
  );
  const numbers = [
    ...(part.parameters > 0 ? [formatCount(part.parameters)] : []),
    ...(chosen ? ['by scenario'] : []),
  ].join(' · ');
  const { fields } = part;
  switch (part.kind) {
    case 'fields':
      return {
        title: fields.length === 1 ? fields[0]! : `${fields.length} fields`,
        shape: fields.length === 1 ? 'embedding' : fields.join(', '),
        numbers,
        copies,
      };
    case 'history':
    case 'own history':
      return { title: part.id, shape: 'embeddings of item fields', numbers, copies };
    case 'crosses':
      return { title: part.id, shape: 'embeddings of pairs', numbers, copies };
    case 'prediction':
      return { title: part.id, shape: 'score and probability', numbers, copies };
    case 'loss':
      return { title: part.id, shape: 'terms of training alone', numbers, copies };
    case 'scenario':
    case 'column':
    case 'part':
      return { title: part.id, shape: text, numbers, copies };
  }
}

/** How much narrower letters may stand before a text is cut off. */
const NARROWEST = 0.65;

/**
 * A text for so much room: whole, with narrower letters where that is enough, else its beginning.
 *
 * @param width pixels
 * @param letter pixels of a letter at most
 */
export function fitText(
  text: string,
  width: number,
  letter: number,
): { readonly text: string; readonly squeezed: boolean } {
  const most = Math.floor(width / letter);
  if (text.length <= most) return { text, squeezed: false };
  if (text.length * letter * NARROWEST <= width) return { text, squeezed: true };
  return { text: `${text.slice(0, Math.max(1, most - 1))}…`, squeezed: false };
}

/** What the drawing comes to, in words. */
export function modelHeadline({ parts }: ModelGraph): string {
  const total = parts.reduce((sum, { parameters }) => sum + parameters, 0);
  const embedded = parts
    .filter(({ kind }) => kind === 'fields' || kind === 'crosses')
    .reduce((sum, { parameters }) => sum + parameters, 0);
  const largest = parts
    .filter(({ kind }) => kind === 'part')
    .reduce<GraphPart | null>((most, one) => (most && most.parameters >= one.parameters ? most : one), null);
  const count = parts.reduce((sum, { fields }) => sum + fields.length, 0);
  const rest = largest
    ? ` The largest part beside them is ${largest.id}, with ${formatCount(largest.parameters)}.`
    : '';
  return `${formatCount(total)} parameters, ${formatPercent(embedded / total)} of them in the embeddings of ${count} ${count === 1 ? 'field' : 'fields'}.${rest}`;
}

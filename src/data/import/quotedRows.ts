/** Where rows of a text with quoted cells end, and where a quote is wrong: one pass over the quotes, whatever the text. */
import { longestCell } from './limits';

export interface RowSpan {
  /** End of the complete rows, after their last line end. */
  readonly end: number;
  /** Start of the row whose quote is not closed where its cell ends, which then is `end` too; null where none is seen. */
  readonly wrong: number | null;
}

/**
 * Looks for the complete rows from `start`, a row's start, to the end of the text. A quote opens a cell only where the cell begins,
 * two in a row stand for one, and after the closing one only spaces may come before the delimiter or the line end.
 *
 * @param last whether no text follows.
 */
export function completeRows(text: string, start: number, delimiter: string, last: boolean): RowSpan {
  const size = text.length;
  let rowStart = start;
  let lineEnd = text.indexOf('\n', start);
  let at = text.indexOf('"', start);
  while (at >= 0) {
    while (lineEnd >= 0 && lineEnd < at) {
      rowStart = lineEnd + 1;
      lineEnd = text.indexOf('\n', rowStart);
    }
    if (at !== rowStart && !text.startsWith(delimiter, at - delimiter.length)) {
      at = text.indexOf('"', at + 1);
      continue;
    }
    const close = closingQuote(text, at + 1);
    const after = close < 0 ? size : afterSpaces(text, close + 1, delimiter);
    // What follows is not here yet: the row may still turn out well.
    if (!last && size - at <= longestCell && (close < 0 || after + delimiter.length > size))
      return { end: rowStart, wrong: null };
    const closed = close >= 0 && close - at <= longestCell;
    if (!closed || (after < size && text[after] !== '\n' && !text.startsWith(delimiter, after)))
      return { end: rowStart, wrong: rowStart };
    if (lineEnd >= 0 && lineEnd < close) lineEnd = text.indexOf('\n', close);
    at = text.indexOf('"', close + 1);
  }
  if (last) return { end: size, wrong: null };
  while (lineEnd >= 0) {
    rowStart = lineEnd + 1;
    lineEnd = text.indexOf('\n', rowStart);
  }
  return { end: rowStart, wrong: null };
}

/** Place of the quote that closes a cell, or -1. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

function afterSpaces(text: string, from: number, delimiter: string): number {
  let at = from;
  while (at < text.length && text[at] !== '\n' && !text.startsWith(delimiter, at) && /\s/.test(text[at]!))
    at++;
  return at;
}

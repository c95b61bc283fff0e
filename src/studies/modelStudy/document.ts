/** Where a study's tables stand in a model's page: between two markers, everything else untouched. */

const START = '<!-- study:start';
const END = '<!-- study:end -->';

/**
 * Puts `content` between the markers of `name` (`<!-- study:start NAME -->`; a page's first start marker without a name
 * serves any). Without markers a section is appended.
 */
export function placeTables(page: string, name: string, content: string): string {
  const named = `${START} ${name} -->`;
  const plain = `${START} -->`;
  const marker = page.includes(named) ? named : page.includes(plain) ? plain : null;
  const block = `${named}\n\n${content.trim()}\n\n${END}`;
  if (marker === null) return `${page.trimEnd()}\n\n${block}\n`;
  const from = page.indexOf(marker);
  const to = page.indexOf(END, from);
  if (to < 0) throw new Error(`The page opens ${marker} and never closes it; add ${END}.`);
  return page.slice(0, from) + block + page.slice(to + END.length);
}

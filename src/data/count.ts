/** Counts as people read them, on the page and in every message: `12 345`, narrow spaces that no line breaks at between groups of three. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

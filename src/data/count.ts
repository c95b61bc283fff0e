/** Counts as people read them, on the page and in every message: `12 345`, thin spaces between groups of three. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

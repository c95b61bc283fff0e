/**
 * A scenario has one colour everywhere, given by its rank in traffic share. Beyond eight scenarios colour means the
 * scenario's group and labels do the rest.
 */
import type { Theme } from './scales';

/** Colour-blind safe: the first six stay apart for deuteranopia, protanopia and tritanopia (tested). */
export const PALETTE: Readonly<Record<Theme, readonly string[]>> = {
  light: ['#0342b4', '#c03d01', '#0c8777', '#83206d', '#cb8410', '#0d96ff', '#583e13', '#6d6a8c'],
  dark: ['#3a97e0', '#ee6d12', '#79d4a2', '#d4abff', '#ffb020', '#8dfcff', '#b0857d', '#97a7bb'],
};

const MAX_DISTINCT = 8;

export interface Coloured {
  readonly share: number;
  readonly group: string | null;
}

/** Palette index of each scenario, in the order given. */
export function colourIndices(scenarios: readonly Coloured[]): readonly number[] {
  if (scenarios.length <= MAX_DISTINCT) {
    const rank = scenarios
      .map((_, i) => i)
      .sort((a, b) => scenarios[b]!.share - scenarios[a]!.share || a - b);
    const indices = new Array<number>(scenarios.length).fill(0);
    rank.forEach((scenario, place) => (indices[scenario] = place));
    return indices;
  }
  const shares = new Map<string, number>();
  for (const { group, share } of scenarios) shares.set(group ?? '', (shares.get(group ?? '') ?? 0) + share);
  const groups = [...shares].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([group]) => group);
  // More groups than colours share the last, neutral one; scenarios without groups are all neutral.
  const neutral = PALETTE.light.length - 1;
  return scenarios.map(({ group }) =>
    group === null || groups.length === 1 ? neutral : Math.min(groups.indexOf(group), neutral),
  );
}

/** CSS colour of each scenario in the theme. */
export function scenarioColours(scenarios: readonly Coloured[], theme: Theme): readonly string[] {
  return colourIndices(scenarios).map((index) => PALETTE[theme][index]!);
}

/** How many experts each layer of the hierarchy has, and how wide they are. */
import type { AreadSettings } from './settings';

/** Experts by layer: N₁, doubling. */
export function expertCounts(settings: Pick<AreadSettings, 'numLayers' | 'firstExperts'>): number[] {
  return Array.from({ length: settings.numLayers }, (_, l) => settings.firstExperts * 2 ** l);
}

/** Hidden and output width of an expert, by number of layers, as the hyper-parameter study prints them. */
const WIDTHS: Readonly<Record<number, readonly (readonly [number, number])[]>> = {
  2: [
    [64, 32],
    [16, 8],
  ],
  3: [
    [64, 32],
    [32, 16],
    [16, 8],
  ],
  4: [
    [128, 64],
    [64, 32],
    [32, 16],
    [16, 8],
  ],
};

/** Two widths of each layer's experts; `headWidth` 16 gives the paper's. */
export function expertWidths(settings: Pick<AreadSettings, 'numLayers' | 'headWidth'>): [number, number][] {
  return WIDTHS[settings.numLayers]!.map(([hidden, output]) => [
    Math.max(1, Math.round((hidden * settings.headWidth) / 16)),
    Math.max(1, Math.round((output * settings.headWidth) / 16)),
  ]);
}

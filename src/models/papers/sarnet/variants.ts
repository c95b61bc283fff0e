import type { Variant } from '../../definition';

const table5 = 'Table 5';
const plain = { biasNet: false, biasLoss: false };

/** Tables 4, 5 and 6 of the paper. */
export const variants: readonly Variant[] = [
  { name: 'No Attention', table: 'Table 4', settings: { attention: 'none' } },
  { name: 'Target Attention', table: 'Table 4', settings: { attention: 'target' } },
  { name: 'Scenario Attention', table: 'Table 4', settings: { attention: 'scenario' } },
  { name: 'Concatenate Attention', table: 'Table 4', settings: { attention: 'concatenate' } },
  { name: 'Hierarchical Attention', table: 'Table 4', settings: { attention: 'hierarchical' } },
  { name: 'SAR-Net', table: 'Table 4', settings: {} },
  { name: 'base', table: table5, settings: plain },
  ...['0.9', '0.8', '0.7', '0.6'].map((ratio) => ({
    name: `sub-sampling ${ratio}`,
    table: table5,
    settings: { ...plain, subSample: ratio },
  })),
  { name: 'Bias Net', table: table5, settings: { biasLoss: false } },
  { name: 'Bias Adapting Loss', table: table5, settings: { biasNet: false } },
  { name: 'Bias Net + Bias Adapting Loss', table: table5, settings: {} },
  { name: 'base (no transform)', table: 'Table 6', settings: { transform: false } },
  ...[2, 3, 4, 5].map((layers) => ({
    name: `${layers} expert layers`,
    table: 'Table 6',
    settings: { transform: false, expertLayers: layers },
  })),
  { name: 'SAR-Net (transform)', table: 'Table 6', settings: {} },
];

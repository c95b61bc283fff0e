import type { Variant } from '../../definition';

/** Table 2 of the paper, and the attention of its Eq 13 beside it. */
export const variants: readonly Variant[] = [
  { name: 'w/ SACA, w/ SBE', table: 'Table 2', settings: { saca: 'co', sbe: true } },
  { name: 'w/ SACA, w/o SBE', table: 'Table 2', settings: { saca: 'co', sbe: false } },
  { name: 'w/o SACA, w/ SBE', table: 'Table 2', settings: { saca: 'none', sbe: true } },
  { name: 'w/o SACA, w/o SBE', table: 'Table 2', settings: { saca: 'none', sbe: false } },
  { name: 'target attention', table: 'Eq 13', settings: { saca: 'target' } },
  { name: 'mean of behaviours', table: 'beyond the paper', settings: { saca: 'mean' } },
];

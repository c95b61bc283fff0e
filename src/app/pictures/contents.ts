/** Which tabs a run fills, and with what: its own pictures first, then every probe that none of them shows. */
import type { ReactElement } from 'react';
import type { ProbeSpec } from '../../models/definition';
import type { RunView } from '../store/runView';
import type { Offer, Picture } from './picture';
import { inOrder } from './tabs';

export interface TabContents {
  readonly tab: string;
  readonly pictures: readonly { readonly id: string; readonly draw: (view: RunView) => ReactElement }[];
  /** Probes of this topic that get the generic figure. */
  readonly probes: readonly ProbeSpec[];
}

/** The tabs that have something to show of a run, in the order of the page. */
export function tabContents(pictures: readonly Picture[], offer: Offer): readonly TabContents[] {
  const accepted = pictures.flatMap(({ id, tab, replaces, accept }) => {
    const draw = accept(offer);
    return draw ? [{ id, tab, replaces, draw }] : [];
  });
  const replaced = new Set(accepted.flatMap(({ replaces }) => replaces));
  // Vectors of single rows fit no generic figure.
  const rest = offer.probes.filter(({ name, source }) => source !== 'rows' && !replaced.has(name));
  const tabs = new Set([...accepted.map(({ tab }) => tab), ...rest.map(({ topic }) => topic)]);
  return inOrder([...tabs]).map((tab) => ({
    tab,
    pictures: accepted.filter((picture) => picture.tab === tab),
    probes: rest.filter(({ topic }) => topic === tab),
  }));
}

/** Datasets that can be trained on: samples, and what was simulated or imported here. */
import { create } from 'zustand';
import type { WorkerClient } from '../../workers/client';
import type { CatalogueEntry } from '../../workers/protocol';
import { report } from './notices';

interface CatalogueState {
  /** Null until the worker answered. */
  readonly entries: readonly CatalogueEntry[] | null;
}

export const useCatalogue = create<CatalogueState>(() => ({ entries: null }));

export async function refreshCatalogue(client: WorkerClient): Promise<void> {
  try {
    useCatalogue.setState({ entries: await client.catalogue() });
  } catch (error) {
    report(error);
  }
}

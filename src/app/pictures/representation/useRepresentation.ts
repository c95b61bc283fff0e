import { useEffect, useMemo, useState } from 'react';
import { pointsOf } from '../../../training/representation/sample';
import type {
  Components,
  EmbeddingMethod,
  Points,
  Relations,
  RepresentationSample,
} from '../../../workers/protocol';
import { useRunActions } from '../../store/runActions';
import type { RunView } from '../../store/runView';
import { report } from '../../store/notices';
import { useComputed } from '../useScoredRows';
import type { Pane } from './pane';

export interface Sampled {
  readonly sample: RepresentationSample | null;
  readonly busy: boolean;
  readonly blocked: string | null;
  readonly ask: () => void;
}

/** The rows' hidden vectors of a run: those kept at its end, or those asked for since, with the present weights. */
export function useSample(view: RunView): Sampled {
  const { value, busy, blocked, ask } = useComputed(view, (actions) => actions.client.representations());
  return { sample: view.representation ?? value, busy, blocked, ask };
}

/** A run's representation as points; null without a sample, and where the sample lacks it. */
export function usePane(
  view: RunView,
  title: string,
  sample: RepresentationSample | null,
  name: string,
): Pane | null {
  const { scenarios } = view;
  const read = useMemo(() => {
    const kept = sample?.vectors.find((one) => one.name === name);
    return sample && kept ? { sample, kept, points: pointsOf(sample, kept, scenarios.length) } : null;
  }, [sample, name, scenarios.length]);
  return useMemo(() => read && { scenarios, title, ...read }, [scenarios, title, read]);
}

/** What was computed of a sample, as long as the sample lives: tabs come and go. */
const described = new WeakMap<RepresentationSample, Map<string, Promise<unknown>>>();

function once<T>({ sample, kept }: Pane, what: string, compute: () => Promise<T>): Promise<T> {
  let known = described.get(sample);
  if (!known) described.set(sample, (known = new Map<string, Promise<unknown>>()));
  const key = `${what} ${kept.name}`;
  let found = known.get(key) as Promise<T> | undefined;
  if (!found) {
    found = compute();
    known.set(key, found);
    // What failed may be tried again.
    found.catch(() => known.delete(key));
  }
  return found;
}

export interface Description {
  readonly components?: Components;
  readonly relations?: Relations;
}

/** Components of every pane, and a little later cosines and separation; empty until they are there. */
export function useDescriptions(panes: readonly Pane[]): readonly Description[] {
  const { client } = useRunActions();
  const [found, setFound] = useState<ReadonlyMap<Points, Description>>(new Map());
  useEffect(() => {
    let current = true;
    const follow = ({ points }: Pane, part: Promise<Description>): void => {
      part.then(
        (value) => {
          if (current) setFound((before) => new Map(before).set(points, { ...before.get(points), ...value }));
        },
        (error: unknown) => {
          if (current) report(error);
        },
      );
    };
    const parts = {
      components: (pane: Pane) => once(pane, 'components', () => client.components(pane.points)),
      relations: (pane: Pane) => once(pane, 'relations', () => client.relations(pane.points)),
    };
    // All pictures before the first measures.
    for (const pane of panes)
      follow(
        pane,
        parts.components(pane).then((components) => ({ components })),
      );
    for (const pane of panes)
      follow(
        pane,
        parts.relations(pane).then((relations) => ({ relations })),
      );
    return () => {
      current = false;
    };
  }, [client, panes]);
  return panes.map((pane) => found.get(pane.points) ?? NOTHING);
}

const NOTHING: Description = {};

const embedded = new WeakMap<RepresentationSample, Map<string, Float32Array>>();
const keyOf = ({ kept }: Pane, method: EmbeddingMethod, seed: number): string =>
  `${method} ${seed} ${kept.name}`;

export interface Embedding {
  /** Coordinates of every pane as they stand, null before its turn. */
  readonly xy: readonly (Float32Array | null)[];
  /** 0…1 over all panes; null while nothing is computed. */
  readonly progress: number | null;
}

/** UMAP or t-SNE of every pane, one after the other in a worker, shown while it forms. Null method: nothing is computed. */
export function useEmbedding(
  panes: readonly Pane[],
  method: EmbeddingMethod | null,
  seed: number,
  onFail: () => void,
): Embedding {
  const { client } = useRunActions();
  const [forming, setForming] = useState<ReadonlyMap<string, Float32Array>>(new Map());
  const [progress, setProgress] = useState<number | null>(null);
  useEffect(() => {
    if (method === null) return;
    const abort = new AbortController();
    async function work(chosen: EmbeddingMethod): Promise<void> {
      for (const [at, pane] of panes.entries()) {
        const key = keyOf(pane, chosen, seed);
        const known = embedded.get(pane.sample) ?? new Map<string, Float32Array>();
        embedded.set(pane.sample, known);
        if (known.has(key)) continue;
        setProgress(at / panes.length);
        const xy = await client.embed(pane.points, chosen, seed, {
          signal: abort.signal,
          onProgress: (done, total, now) => {
            if (abort.signal.aborted) return;
            setProgress((at + done / total) / panes.length);
            setForming((before) => new Map(before).set(`${pane.sample.step} ${at} ${key}`, now));
          },
        });
        known.set(key, xy);
        setForming(new Map());
      }
    }
    void work(method)
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        report(error);
        onFail();
      })
      .finally(() => {
        if (!abort.signal.aborted) setProgress(null);
      });
    return () => {
      abort.abort();
      setProgress(null);
      setForming(new Map());
    };
  }, [client, panes, method, seed, onFail]);
  if (method === null) return { xy: panes.map(() => null), progress: null };
  return {
    xy: panes.map((pane, at) => {
      const key = keyOf(pane, method, seed);
      return embedded.get(pane.sample)?.get(key) ?? forming.get(`${pane.sample.step} ${at} ${key}`) ?? null;
    }),
    progress,
  };
}

/** A picture is one value: where it stands, of which runs it can be drawn, and how. `index.ts` lists them all. */
import { createElement } from 'react';
import type { FunctionComponent, ReactElement } from 'react';
import type { AnyModelDefinition, ProbeSpec } from '../../models/definition';
import type { RunView } from '../store/runView';

/** What a run has to draw. */
export interface Offer {
  readonly probes: readonly ProbeSpec[];
  readonly model: AnyModelDefinition;
}

export interface Picture {
  readonly id: string;
  /** The tab it stands in: a topic of probes, or a tab of its own. */
  readonly tab: string;
  /** Names of the probes that it shows whole; they get no generic figure beside it. */
  readonly replaces: readonly string[];
  /** Draws a run of this offer; null where the offer lacks what the picture needs. */
  readonly accept: (offer: Offer) => ((view: RunView) => ReactElement) | null;
}

interface PictureOf<Needs extends object> {
  readonly id: string;
  readonly tab: string;
  readonly replaces?: readonly string[];
  /** What `Component` needs beside the run, from the run's probes (or its model); null where they lack it. */
  readonly accepts: (probes: readonly ProbeSpec[], model: AnyModelDefinition) => Needs | null;
  readonly Component: FunctionComponent<{ readonly view: RunView } & Needs>;
}

/** Defines a picture. The type of what its component needs is checked here and forgotten. */
export function picture<Needs extends object>({
  id,
  tab,
  replaces = [],
  accepts,
  Component,
}: PictureOf<Needs>): Picture {
  return {
    id,
    tab,
    replaces,
    accept: ({ probes, model }) => {
      const needs = accepts(probes, model);
      return needs && ((view) => createElement(Component, { ...needs, view }));
    },
  };
}

/** For `accepts`: a run that has the probe `name`, given to the component as `spec`. */
export function probeNamed(name: string) {
  return (probes: readonly ProbeSpec[]): { readonly spec: ProbeSpec } | null => {
    const spec = probes.find((probe) => probe.name === name);
    return spec ? { spec } : null;
  };
}

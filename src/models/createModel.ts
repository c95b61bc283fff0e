/** From a model with a pass of its own to one that can be used without knowing it. */
import type { AnyModel, Model, Pass, Probe, ProbeSpec } from './definition';

/** A probe's description alone: it goes into events and records, which hold no functions. */
function describe<P>(probe: Probe<P>): ProbeSpec {
  const { name, topic, title, reading, equation, axes, scale, source, quantity } = probe;
  return {
    ...{ name, topic, title, reading, equation, axes, scale },
    ...(source && { source }),
    ...(quantity !== undefined && { quantity }),
  };
}

/** Forgets the type of a model's pass: a pass keeps its inputs and answers for itself. */
export function createModel<P extends Pass>(model: Model<P>): AnyModel {
  const { table, variables, probes, tuneInference } = model;
  return {
    table,
    parameters: variables.parameters,
    states: variables.states,
    probes: probes.map(describe),
    ...(tuneInference && { tuneInference }),
    forward(inputs, mode) {
      const pass = model.forward(inputs, mode);
      return {
        logit: pass.logit,
        losses: () => model.losses(pass, inputs),
        scores: () => model.scores(pass, inputs),
        probes: () =>
          Object.fromEntries(
            probes.flatMap((probe) =>
              probe.source === undefined ? [[probe.name, probe.compute(pass, inputs)] as const] : [],
            ),
          ),
        vectors: () =>
          Object.fromEntries(
            probes.flatMap((probe) =>
              probe.source === 'rows' ? [[probe.name, probe.vectors(pass, inputs)] as const] : [],
            ),
          ),
        requested: () => model.requested?.(pass, inputs) ?? {},
        outputs: () => model.outputs?.(pass) ?? { logit: pass.logit },
      };
    },
    dispose() {
      model.dispose?.();
      variables.dispose();
    },
  };
}

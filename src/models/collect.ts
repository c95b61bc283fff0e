/** Keeps track of what a model creates, so that it can list its variables in one fixed order and free them. */
import { disposeVariables } from '../engine';
import type { EmbeddingTable, Parameter, StateTensor, VariableFactory } from '../engine';

export interface Collector extends VariableFactory {
  readonly parameters: readonly Parameter[];
  readonly states: readonly StateTensor[];
  /** Frees everything that was created through this collector. */
  dispose(): void;
}

/** The same factory, with a list of what was created through it. */
export function collect(variables: VariableFactory): Collector {
  const parameters: Parameter[] = [];
  const states: StateTensor[] = [];
  const tables: EmbeddingTable[] = [];
  return {
    parameters,
    states,
    table(vocabularySize, dim, padding) {
      const made = variables.table(vocabularySize, dim, padding);
      tables.push(made);
      return made;
    },
    parameter(name, kind, shape, initial, l2Centre) {
      const made = variables.parameter(name, kind, shape, initial, l2Centre);
      parameters.push(made);
      return made;
    },
    state(name, shape, initial) {
      const made = variables.state(name, shape, initial);
      states.push(made);
      return made;
    },
    glorot: (...given) => variables.glorot(...given),
    normal: (...given) => variables.normal(...given),
    orthogonal: (...given) => variables.orthogonal(...given),
    dispose: () => disposeVariables([...tables, ...parameters, ...states]),
  };
}

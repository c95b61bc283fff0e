/** A model as it is computed: its parts and what enters what. Plain data: it goes from the worker to the page. */

export interface GraphPart {
  /** The words that the names of its variables share; what it is, for parts without. */
  readonly id: string;
  /**
   * `fields`: embeddings of fields that go the same ways; `history`, `own history`: those of earlier items; `crosses`: of pairs of
   * fields; `scenario`: the row's scenario as a number that chooses weights, without parameters; `column`: what the procedure
   * tells of a row; `part`: trained variables; `prediction`, `loss`: what is computed.
   */
  readonly kind:
    'fields' | 'history' | 'own history' | 'crosses' | 'scenario' | 'column' | 'part' | 'prediction' | 'loss';
  /** Names of the fields whose embeddings these are. */
  readonly fields: readonly string[];
  readonly variables: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly parameters: number;
}

export interface GraphArrow {
  readonly from: string;
  readonly to: string;
  /** What comes along it is only ever a share by which something else is weighed. */
  readonly gate: boolean;
  /** It is computed while training only. */
  readonly training: boolean;
}

export interface ModelGraph {
  /** Every part after those that enter it. */
  readonly parts: readonly GraphPart[];
  /** From A to B where a value computed by A reaches B without passing another part, and nowhere else. */
  readonly arrows: readonly GraphArrow[];
  /** Parts that weigh what other parts give. */
  readonly weighed: readonly { readonly gate: string; readonly of: string }[];
}

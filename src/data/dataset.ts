/**
 * The dataset in memory: typed columns over one merged id space.
 *
 * Every categorical field has local ids `0 … size-1`; local id 0 is "other or unknown". A row of the one embedding
 * table is `offset + local id`; row 0 of the table is padding, so the first field starts at offset 1. The scenario
 * field's local id is the scenario index plus one.
 */

export type FieldRole = 'user' | 'item' | 'context' | 'scenario';

export interface Field {
  /** Column name in the file, e.g. `item_category`. */
  readonly name: string;
  readonly role: FieldRole;
  /** Number of local ids, id 0 ("other") included. */
  readonly size: number;
  /** First row of this field in the merged embedding table. */
  readonly offset: number;
  /** Scenario-specific by OptMSM's partition (scenario id, slot, in-scenario statistics), else shared. */
  readonly scenarioSpecific: boolean;
  /** One sentence for people. */
  readonly meaning: string;
  /** Names of local ids, where they are worth keeping (small vocabularies). */
  readonly labels?: readonly string[];
}

export interface Scenario {
  /** Stable id as text; used by `data-scenario` and file names. */
  readonly id: string;
  readonly name: string;
  /** Group in the scenario tree (simulated) or null. */
  readonly group: string | null;
  /** Share of the original traffic, 0…1 (not of the evaluation rows, which are oversampled for small scenarios). */
  readonly share: number;
  /** Click rate over all rows of the scenario, 0…1. */
  readonly clickRate: number;
}

export const SPLIT = { train: 0, validation: 1, test: 2 } as const;
export type SplitName = keyof typeof SPLIT;

/** The last behaviours of the row's user, oldest first, padding after `lengths[row]`. */
export interface History {
  /** Maximum length L. */
  readonly length: number;
  /** Indices into `Dataset.fields` of the item fields that every behaviour carries (same offsets as the candidate's). */
  readonly itemFields: readonly number[];
  /** Local ids `[rows * length * itemFields.length]`, behaviour-major then field. */
  readonly ids: Int32Array;
  /** Scenario index of each behaviour `[rows * length]`; -1 where padded or unknown. */
  readonly scenario: Int16Array;
  /** Age in hours of each behaviour when the row happened `[rows * length]`; 0 where padded or unknown. */
  readonly age: Float32Array;
  /** Number of behaviours `[rows]`. */
  readonly lengths: Uint8Array;
}

/** What only a simulator knows. Never enters a batch that a model sees. */
export interface Truth {
  /** Click probability `[rows]`. */
  readonly probability: Float32Array;
  /** Interest match M `[rows]`. */
  readonly match: Float32Array;
  /** Prominence e(s, slot) `[rows]`. */
  readonly prominence: Float32Array;
  /** 1 where the exposure was an intervention `[rows]`. */
  readonly intervened: Uint8Array;
  /** Probability that the policy showed this item to this person `[rows]`; null where the world doesn't tell. */
  readonly propensity: Float32Array | null;
}

export type DatasetSource =
  | {
      readonly kind: 'simulated';
      readonly twin: string;
      readonly size: string;
      readonly seed: number;
      readonly settings: unknown;
    }
  | { readonly kind: 'imported'; readonly file: string; readonly note: string };

export interface Dataset {
  readonly id: string;
  /** For people; simulated data carries the word "simulated" here. */
  readonly title: string;
  readonly source: DatasetSource;
  readonly scenarios: readonly Scenario[];
  readonly fields: readonly Field[];
  /** Rows of the merged embedding table: 1 (padding) + sum of field sizes. */
  readonly vocabularySize: number;
  readonly rows: number;
  /** Local ids, one array a field `[rows]`. */
  readonly columns: readonly Int32Array[];
  readonly scenario: Int16Array;
  /** 0 or 1 `[rows]`. */
  readonly label: Float32Array;
  /** Seconds since the epoch `[rows]`, or null where the file has no time. */
  readonly timestamp: Float64Array | null;
  /** 0 train, 1 validation, 2 test `[rows]`. */
  readonly split: Uint8Array;
  /** Weight that brings an oversampled evaluation row back to its scenario's true share `[rows]`; all 1 otherwise. */
  readonly weight: Float32Array;
  readonly history: History | null;
  readonly truth: Truth | null;
  /** True relatedness of scenarios `[N * N]` (cosine of interest weights), or null where unknown. */
  readonly relatedness: Float32Array | null;
  /** SHA-256 (hex) over all columns. */
  readonly fingerprint: string;
  /** Warnings that a person should see beside the data (one sentence each). */
  readonly warnings: readonly string[];
}

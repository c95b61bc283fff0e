/** One row through a small trained network, as numbers that were read out of it, and as a picture in steps. */
import type { StoryId } from '../../../store/learnView';
import { fixedDigits } from '../../../format';

/** What `npm run flows` keeps of a run: everything that a picture says of its row. */
export interface StoredFlow {
  readonly story: StoryId;
  /** Says "simulated". */
  readonly data: string;
  /** Address of the Lab that trains the run again. */
  readonly address: string;
  readonly step: number;
  readonly row: {
    /** Number of the row in the dataset. */
    readonly row: number;
    readonly scenario: string;
    readonly person: number;
    readonly item: number;
    readonly place: number;
    readonly clicked: boolean;
    /** True click probability. */
    readonly truth: number;
  };
  readonly numbers: Readonly<Record<string, readonly number[]>>;
  /** What the numbers of a list belong to. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

export interface Box {
  readonly id: string;
  readonly label: string;
  /** A number or two, as written. */
  readonly value?: string;
  /** Centre, as shares of the drawing. */
  readonly x: number;
  readonly y: number;
  /** From which step on it is told of. */
  readonly step: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly value?: string;
  /** 0 to 1: how thick; left out: thin. */
  readonly weight?: number;
  readonly step: number;
}

export interface FlowPicture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** Parts of the equation, each lit at its step; null: always dim. */
  readonly equation: readonly { readonly tex: string; readonly step: number | null }[];
  /** The same with this row's numbers, shown at the last step. */
  readonly inNumbers: string;
  readonly steps: readonly { readonly title: string; readonly text: string }[];
}

/** A list of numbers by name. @throws RangeError where the flow lacks it */
export function list(flow: StoredFlow, name: string): readonly number[] {
  const found = flow.numbers[name];
  if (!found) throw new RangeError(`The stored row of ${flow.story} has no ${name}; run npm run flows.`);
  return found;
}

/** One number by name and place. @throws RangeError where the flow lacks it */
export function one(flow: StoredFlow, name: string, at = 0): number {
  const value = list(flow, name)[at];
  if (value === undefined) throw new RangeError(`${name} of ${flow.story} has no number ${at}.`);
  return value;
}

export function named(flow: StoredFlow, name: string, at: number): string {
  return flow.names[name]?.[at] ?? String(at + 1);
}

/** Places of the largest numbers, largest first. */
export function largest(values: readonly number[], count: number): readonly number[] {
  return values
    .map((_, k) => k)
    .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b)
    .slice(0, count);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Two or three digits, with a true minus. */
export function short(value: number, digits = 2): string {
  return fixedDigits(value, digits);
}

/** The same as TeX. */
export function tex(value: number, digits = 2): string {
  return short(value, digits).replace('−', '-');
}

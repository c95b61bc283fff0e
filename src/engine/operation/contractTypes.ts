/** What a shape contract says to the type checker: names of inputs and outputs, their ranks, letters of dimensions. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Pointer } from '../backends/wasm/exports';

type Trim<S extends string> = S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S;
type Parts<S extends string> = S extends `${infer A};${infer B}` ? Trim<A> | Parts<B> : Trim<S>;

type InputParts<S extends string> = S extends `${infer I}->${string}` ? Parts<I> : Parts<S>;
type VisibleParts<S extends string> = S extends `${string}->${infer O}|${string}`
  ? Parts<O>
  : S extends `${string}->${infer O}`
    ? Parts<O>
    : never;
type AllOutputParts<S extends string> =
  VisibleParts<S> | (S extends `${string}|${infer H}` ? Parts<H> : never);

type DimsText<P extends string> = P extends `${string}:${infer D}` ? Trim<D> : P;
type RequiredName<P extends string> = P extends `${string}?:${string}`
  ? never
  : P extends `${infer N}:${string}`
    ? N
    : never;
type OptionalName<P extends string> = P extends `${infer N}?:${string}` ? N : never;
type OutputName<P extends string> = P extends `${infer N}:${string}` ? N : 'y';

/** The tensor of a list of dimensions. */
type TensorOf<D extends string> = D extends `${string}...${string}` | 'any' | '*'
  ? tf.Tensor
  : D extends ''
    ? tf.Scalar
    : D extends `${string},${string},${string},${string}`
      ? tf.Tensor4D
      : D extends `${string},${string},${string}`
        ? tf.Tensor3D
        : D extends `${string},${string}`
          ? tf.Tensor2D
          : tf.Tensor1D;

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
type Letters<T extends string> = T extends '...' | 'any' | '*' | ''
  ? never
  : T extends `${infer A}*${infer B}`
    ? Letters<A> | Letters<B>
    : T extends `${Digit}${infer R}`
      ? Letters<R>
      : T;
type Terms<D extends string> = D extends `${infer A},${infer B}` ? Trim<A> | Terms<B> : Trim<D>;

/** Sizes by the letters of a contract's inputs: these a call binds. */
export type DimsOf<S extends string> = Readonly<Record<Letters<Terms<DimsText<InputParts<S>>>>, number>>;

/** Inputs by name, as a caller gives them: null and undefined are absent ones. */
export type InputsOf<S extends string> = Readonly<
  { [P in InputParts<S> as RequiredName<P>]: TensorOf<DimsText<P>> } & {
    [P in InputParts<S> as OptionalName<P>]?: TensorOf<DimsText<P>> | null;
  }
>;
/** Inputs by name, as a composed form gets them. */
export type PresentOf<S extends string> = Readonly<
  { [P in InputParts<S> as RequiredName<P>]: TensorOf<DimsText<P>> } & {
    [P in InputParts<S> as OptionalName<P>]?: TensorOf<DimsText<P>>;
  }
>;
export type InputNames<S extends string> = RequiredName<InputParts<S>> | OptionalName<InputParts<S>>;
type Mapped<S extends string, Required, Optional> = Readonly<
  Record<RequiredName<InputParts<S>>, Required> & Partial<Record<OptionalName<InputParts<S>>, Optional>>
>;
/** Inputs as a backend's own kernel sees them. */
export type InfosOf<S extends string> = Mapped<S, tf.TensorInfo, tf.TensorInfo>;
/** Inputs' values in host memory. */
export type ValuesOf<S extends string> = Mapped<S, Float32Array, Float32Array>;
/** Addresses of inputs in the WASM backend's memory. */
export type AddressesOf<S extends string> = Mapped<S, Pointer, Pointer>;

type ByName<P extends string, T> = [P] extends [never] ? never : Readonly<Record<OutputName<P>, T>>;

/** What forward forms return: the output, or all outputs (hidden ones too) by name, or a list. */
export type MadeBy<S extends string, T> = S extends `${string}->${infer O}`
  ? Trim<O> extends '*'
    ? readonly T[]
    : [OutputName<AllOutputParts<S>>] extends ['y']
      ? T
      : ByName<AllOutputParts<S>, T>
  : void;

/** What the operation returns: the output, or the visible outputs by name, or a list. */
export type ResultOf<S extends string> = S extends `${string}->${infer O}`
  ? Trim<O> extends '*'
    ? tf.Tensor[]
    : [OutputName<VisibleParts<S>>] extends ['y']
      ? TensorOf<DimsText<VisibleParts<S>>>
      : Readonly<{ [P in VisibleParts<S> as OutputName<P>]: TensorOf<DimsText<P>> }>
  : void;

/** Inputs and outputs that a gradient may ask to have saved. */
export type SavableNames<S extends string> = InputNames<S> | OutputName<AllOutputParts<S>>;

type Savable<S extends string> = { [P in InputParts<S> as RequiredName<P>]: TensorOf<DimsText<P>> } & {
  [P in InputParts<S> as OptionalName<P>]?: TensorOf<DimsText<P>>;
} & { [P in AllOutputParts<S> as OutputName<P>]: TensorOf<DimsText<P>> };

type Upstream<S extends string> = S extends `${string}->${infer O}`
  ? Trim<O> extends '*'
    ? { readonly dy: readonly tf.Tensor[] }
    : Readonly<{ [P in VisibleParts<S> as `d${OutputName<P>}`]: TensorOf<DimsText<P>> }>
  : object;

/** What a gradient is given: the outputs' gradients (`dy`, or `d` and an output's name) and what was saved, by name. */
export type GradientInputs<S extends string, K extends string> = Upstream<S> & {
  readonly [N in keyof Savable<S> as N extends K ? N : never]: Savable<S>[N];
};

/** Gradients by input, computed only where one is wanted; an input that is not named is a constant. */
export type GradientsOf<S extends string> = { readonly [N in InputNames<S>]?: () => tf.Tensor };

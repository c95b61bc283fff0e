/**
 * Operations of ours in the library's own registry: a shape contract, a kernel for each backend and a gradient, so that the
 * tape, profiles and traces see them by name.
 */
import * as tf from '@tensorflow/tfjs-core';
import { alias, markChanged } from '../backends/hostMemory';
import { bindInputs, checkOutputs, outputShape, parseContract, type Contract } from './contract';
import type {
  DimsOf,
  GradientInputs,
  GradientsOf,
  InfosOf,
  InputNames,
  InputsOf,
  MadeBy,
  PresentOf,
  ResultOf,
  SavableNames,
} from './contractTypes';
import {
  amendTape,
  registerGradient,
  registerKernel,
  runKernel,
  type Inputs,
  type OnBackend,
} from './tfRegistry';
import { runLoop, type Loop } from './loop';

/** A form written for one backend. Null means "not this call": the composed form runs instead. */
export type Native<S extends string, A extends object = object> = (
  inputs: InfosOf<S>,
  attributes: A,
  dims: DimsOf<S>,
) => MadeBy<S, tf.TensorInfo> | null;

/** Writes into the memory of the input named `target`. */
type InPlace<S extends string, A extends object> = (
  inputs: InfosOf<S>,
  attributes: A,
  dims: DimsOf<S>,
) => void;

export interface OperationSpec<S extends string, A extends object, K extends string> {
  /** As errors print it; kernels are registered as `Engine` and this name. */
  readonly name: string;
  /** The contract (`contract.ts`), checked at every call; a function where an attribute decides a layout. */
  readonly shapes: S | ((attributes: A) => S);
  /** The operation in terms of others; runs where there is no form of the backend's own. */
  readonly forward?: (inputs: PresentOf<S>, attributes: A, dims: DimsOf<S>) => MadeBy<S, tf.Tensor>;
  readonly wasm?: Native<S, A>;
  readonly webgpu?: Native<S, A>;
  /** Instead of `forward`: a loop over host memory and a device program, for one output. */
  readonly loop?: Loop<S, A>;
  /** Instead of `forward`: forms that write into the input named `target` and return nothing. */
  readonly inPlace?: { readonly host: InPlace<S, A>; readonly device: InPlace<S, A> };
  /** Inputs and outputs that the gradient reads. */
  readonly save?: readonly K[];
  /** Inputs through which no gradient passes, silently: the tape does not see them. */
  readonly constants?: readonly InputNames<S>[];
  /**
   * First-order gradients by input, lazily. `dy` is the output's gradient (`d<name>` of a named output); tensors of `save` come by
   * their names. Asking for the gradient by an input without an entry throws.
   */
  readonly gradient?: (given: GradientInputs<S, K>, attributes: A) => GradientsOf<S>;
}

/** What a form made, whatever the contract's outputs. */
type Made = tf.TensorInfo | readonly tf.TensorInfo[] | Readonly<Record<string, tf.TensorInfo>>;

type Operation<S extends string, A extends object> = (
  inputs: InputsOf<S>,
  ...attributes: object extends A ? [attributes?: A] : [attributes: A]
) => ResultOf<S>;

const kernelName = (name: string): string => `Engine${name[0]!.toUpperCase()}${name.slice(1)}`;

/** Inputs that are there. */
function present(inputs: Readonly<Record<string, tf.Tensor | null | undefined>>): Inputs {
  const given: Record<string, tf.Tensor> = {};
  for (const name of Object.keys(inputs)) {
    const input = inputs[name];
    if (input) given[name] = input;
  }
  return given;
}

/** Registers an operation and returns the function that runs it. `A` is what its attributes are, as its forms annotate them. */
export function defineOperation<
  const S extends string,
  A extends object = object,
  K extends SavableNames<S> & string = never,
>(spec: OperationSpec<S, A, K>): Operation<S, A> {
  const { name, shapes, forward, loop, inPlace, save = [], constants = [], gradient } = spec;
  if ([forward, loop, inPlace].filter(Boolean).length !== 1) {
    throw new Error(`Operation ${name} needs one of forward, loop and inPlace.`);
  }
  const fixed = typeof shapes === 'string' ? parseContract(shapes) : null;
  const contractOf = (attributes: A): Contract =>
    fixed ?? parseContract((shapes as (attributes: A) => S)(attributes));

  /** Outputs in the contract's order, of what a form made. */
  function ordered({ outputs }: Contract, made: Made): tf.TensorInfo[] {
    if (!outputs) return made as tf.TensorInfo[];
    if (outputs.length === 1) return [made as tf.TensorInfo];
    return outputs.map((pattern) => (made as Readonly<Record<string, tf.TensorInfo>>)[pattern.name]!);
  }

  function run(backend: OnBackend, given: Inputs, attributes: A): tf.TensorInfo | tf.TensorInfo[] {
    const contract = contractOf(attributes);
    const binding = bindInputs(name, contract, given);
    // Bound by the contract whose names and letters `S` holds.
    const dims = binding.sizes as DimsOf<S>;
    const infos = given as unknown as InfosOf<S>;
    if (inPlace) {
      (backend === 'webgpu' ? inPlace.device : inPlace.host)(infos, attributes, dims);
      markChanged(given.target!);
      return alias(given.target!);
    }
    if (loop) {
      const shape = outputShape(contract, 0, binding);
      return runLoop(backend, kernelName(name), loop, given, attributes, dims, shape);
    }
    const native = backend === 'cpu' ? undefined : spec[backend];
    const made =
      native?.(infos, attributes, dims) ??
      tf.tidy(() => forward!(given as unknown as PresentOf<S>, attributes, dims) as tf.Tensor);
    const list = ordered(contract, made as Made);
    checkOutputs(name, contract, list, binding);
    return list.length === 1 && contract.outputs ? list[0]! : list;
  }

  /** Registers the kernel for calls with these optional inputs saved: the library cannot save an input that is absent. */
  function register(registered: string, contract: Contract, absent: ReadonlySet<string>): void {
    registerKernel<A>(registered, run);
    if (!gradient) return;
    const inputs = contract.inputs.map((input) => input.name);
    const saved = save.filter((each) => !absent.has(each));
    const inputsToSave = inputs.filter((each) => (saved as readonly string[]).includes(each));
    const outputs = contract.outputs?.map((output) => output.name) ?? [];
    const outputsToSave = outputs.map((each) => (saved as readonly string[]).includes(each));
    const names = [...inputsToSave, ...outputs.filter((_, i) => outputsToSave[i])];
    const upstream = outputs
      .slice(0, contract.visible)
      .map((output) => (output === 'y' ? 'dy' : `d${output}`));
    registerGradient<A>(registered, inputsToSave, outputsToSave, (dys, kept, attributes) => {
      const given: Record<string, tf.Tensor | readonly tf.Tensor[]> = {};
      if (contract.outputs) for (let i = 0; i < upstream.length; i++) given[upstream[i]!] = dys[i]!;
      else given.dy = dys;
      for (let i = 0; i < names.length; i++) given[names[i]!] = kept[i]!;
      const found = { ...(gradient(given as unknown as GradientInputs<S, K>, attributes) as GradientThunks) };
      for (const input of inputs) found[input] ??= () => refuseGradient(name, input);
      return found;
    });
  }

  const registered = new Map<string, true>();
  /** The kernel's name for the inputs given. */
  function nameFor(given: Inputs, attributes: A): string {
    let full = kernelName(name);
    const contract = contractOf(attributes);
    const absent = new Set<string>();
    for (const input of contract.inputs) {
      if (!input.optional || given[input.name] || !(save as readonly string[]).includes(input.name)) continue;
      absent.add(input.name);
      full += `Without${input.name[0]!.toUpperCase()}${input.name.slice(1)}`;
    }
    if (!registered.has(full)) {
      registered.set(full, true);
      register(full, contract, absent);
    }
    return full;
  }

  return (inputs, ...[attributes]) => {
    const given = present(inputs);
    const settings = attributes ?? ({} as A);
    const outputs = runKernel(nameFor(given, settings), given, settings);
    if (inPlace) {
      outputs[0]!.dispose();
      return undefined as ResultOf<S>;
    }
    const contract = contractOf(settings);
    if (!contract.outputs) return outputs as unknown as ResultOf<S>;
    const visible = outputs.slice(0, contract.visible);
    if (gradient && (constants.length > 0 || visible.length < outputs.length)) {
      amendTape(outputs[0]!, visible, constants);
    }
    for (const hidden of outputs.slice(contract.visible)) hidden.dispose();
    if (contract.visible === 1 && contract.outputs[0]!.name === 'y') return visible[0] as ResultOf<S>;
    return Object.fromEntries(visible.map((each, i) => [contract.outputs![i]!.name, each])) as ResultOf<S>;
  };
}

type GradientThunks = Record<string, () => tf.Tensor>;

function refuseGradient(operation: string, input: string): never {
  throw new Error(`${operation} has no gradient by its ${input}, which is a constant of it.`);
}

/**
 * Shape contracts of operations: `'x: B,in; weight: in,out; bias?: out -> B,out'`.
 *
 * Letters are dimensions bound across inputs and outputs; numbers are fixed; `3D` and `E*w` are multiples. `...` stands for a
 * run of dimensions that is the same wherever it stands; `any` for a shape that nothing is asked of. `?` marks an input that may be
 * absent. Outputs after `|` are kept for the gradient and not returned; an output `*` is a list of tensors of any shape.
 */

export type Shape = readonly number[];

interface Term {
  readonly factor: number;
  readonly letters: readonly string[];
}

export interface Pattern {
  readonly name: string;
  readonly optional: boolean;
  /** Nothing is asked of the shape. */
  readonly any: boolean;
  /** Terms before and after `...`; without it, all are before. */
  readonly before: readonly Term[];
  readonly after: readonly Term[];
  readonly ellipsis: boolean;
  /** The pattern as an error prints it, e.g. `[B, in]`. */
  readonly text: string;
}

export interface Contract {
  readonly inputs: readonly Pattern[];
  /** Returned outputs, then hidden ones; null for a list of any length. */
  readonly outputs: readonly Pattern[] | null;
  /** How many outputs are returned. */
  readonly visible: number;
}

/** The name of an output that the contract does not name. */
const UNNAMED = 'y';

function parseTerm(text: string): Term {
  const match = /^(\d*)([A-Za-z][A-Za-z0-9]*(?:\*[A-Za-z][A-Za-z0-9]*)*)?$/.exec(text);
  if (!match || text === '') throw new Error(`"${text}" is no dimension of a shape contract.`);
  return { factor: match[1] === '' ? 1 : Number(match[1]), letters: match[2]?.split('*') ?? [] };
}

function parsePattern(text: string, output: boolean): Pattern {
  const colon = text.indexOf(':');
  const label = colon < 0 ? '' : text.slice(0, colon).trim();
  if (colon < 0 && !output) throw new Error(`Input "${text}" of a shape contract has no name.`);
  const optional = label.endsWith('?');
  const name = label.replace('?', '') || UNNAMED;
  const list = text
    .slice(colon + 1)
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  const any = list[0] === 'any';
  const dots = list.indexOf('...');
  const terms = (part: readonly string[]): Term[] => (any ? [] : part.map(parseTerm));
  return {
    name,
    optional,
    any,
    before: terms(dots < 0 ? list : list.slice(0, dots)),
    after: terms(dots < 0 ? [] : list.slice(dots + 1)),
    ellipsis: dots >= 0,
    text: any ? 'of any shape' : `[${list.join(', ')}]`,
  };
}

const parts = (text: string): string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const parsed = new Map<string, Contract>();

/** Parses a contract, once for each text. @throws Error where the text is no contract. */
export function parseContract(text: string): Contract {
  const known = parsed.get(text);
  if (known) return known;
  const [given, made] = text.split('->').map((side) => side.trim());
  const inputs = parts(given!).map((part) => parsePattern(part, false));
  const [shown = '', hidden = ''] = (made ?? '').split('|');
  // A scalar output is an empty list of dimensions.
  const returned = made === undefined ? [] : shown.trim() === '' ? [''] : parts(shown);
  const outputs =
    made === '*' ? null : [...returned, ...parts(hidden)].map((part) => parsePattern(part, true));
  const contract = { inputs, outputs, visible: returned.length };
  parsed.set(text, contract);
  return contract;
}

/** What a call has bound so far. */
interface Binding {
  readonly sizes: Record<string, number>;
  run: Shape | null;
}

/** Null where a dimension fits (and its letter, if new, is bound); `later` where two letters of a product are not known yet. */
function fits({ factor, letters }: Term, length: number, { sizes }: Binding): 'yes' | 'no' | 'later' {
  let known = factor;
  let open: string | null = null;
  for (const letter of letters) {
    const size = sizes[letter];
    if (size !== undefined) known *= size;
    else if (open !== null) return 'later';
    else open = letter;
  }
  if (open === null) return known === length ? 'yes' : 'no';
  const size = known === 0 ? 0 : length / known;
  if (!Number.isInteger(size) || size * known !== length) return 'no';
  sizes[open] = size;
  return 'yes';
}

/** Which dimension of a shape is not as its pattern says, in words; null where all are. */
function misfit(
  pattern: Pattern,
  shape: Shape,
  binding: Binding,
  later: (() => string | null)[],
): string | null {
  const { name, before, after, ellipsis } = pattern;
  const least = before.length + after.length;
  if (ellipsis ? shape.length < least : shape.length !== least) {
    return `${name} has ${shape.length} dimensions`;
  }
  const run = ellipsis ? shape.slice(before.length, shape.length - after.length) : null;
  if (run) {
    const { run: bound } = binding;
    if (bound && (bound.length !== run.length || bound.some((length, i) => run[i] !== length))) {
      return `... is [${bound.join(', ')}] elsewhere and [${run.join(', ')}] in ${name}`;
    }
    binding.run = run;
  }
  const last = shape.length - after.length;
  for (let i = 0; i < least; i++) {
    const term = i < before.length ? before[i]! : after[i - before.length]!;
    const axis = i < before.length ? i : last + i - before.length;
    const wrong = (): string => {
      const title = `${term.factor === 1 && term.letters.length > 0 ? '' : term.factor}${term.letters.join('*')}`;
      const bound = term.letters.length === 1 ? binding.sizes[term.letters[0]!] : undefined;
      const known = bound === undefined ? '' : `${title} is ${bound * term.factor}, but `;
      return `${known}dimension ${axis} of ${name}${known ? '' : ` should be ${title} and`} is ${shape[axis]}`;
    };
    const answer = fits(term, shape[axis]!, binding);
    if (answer === 'no') return wrong();
    if (answer === 'later') {
      later.push(() => (fits(term, shape[axis]!, binding) === 'yes' ? null : wrong()));
    }
  }
  return null;
}

interface Shaped {
  readonly shape: Shape;
}
type Given = Readonly<Record<string, Shaped | null | undefined>>;

function listed(texts: readonly string[]): string {
  return texts.length < 2
    ? texts.join('')
    : `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]!}`;
}

function refuse(operation: string, contract: Contract, given: Given, why: string): RangeError {
  const expected = contract.inputs.map(
    ({ name, text, optional }) => `${name} ${text}${optional ? ' or none' : ''}`,
  );
  const came = contract.inputs
    .filter(({ name }) => given[name])
    .map(({ name }) => `${name} [${given[name]!.shape.join(', ')}]`);
  return new RangeError(`${operation} needs ${listed(expected)} but got ${listed(came)}: ${why}.`);
}

/** Binds a call's dimensions. @throws RangeError naming the operation, the shapes expected, those that came, and the misfit. */
export function bindInputs(operation: string, contract: Contract, given: Given): Binding {
  const binding: Binding = { sizes: {}, run: null };
  const later: (() => string | null)[] = [];
  for (const pattern of contract.inputs) {
    const input = given[pattern.name];
    if (!input) {
      if (pattern.optional) continue;
      throw refuse(operation, contract, given, `${pattern.name} is missing`);
    }
    if (pattern.any) continue;
    const why = misfit(pattern, input.shape, binding, later);
    if (why !== null) throw refuse(operation, contract, given, why);
  }
  for (const check of later) {
    const why = check();
    if (why !== null) throw refuse(operation, contract, given, why);
  }
  return binding;
}

/** Checks what an operation made. @throws RangeError naming the operation and the output that breaks the contract. */
export function checkOutputs(
  operation: string,
  contract: Contract,
  made: readonly Shaped[],
  binding: Binding,
): void {
  const { outputs } = contract;
  if (!outputs) return;
  if (made.length !== outputs.length) {
    throw new RangeError(`${operation} should make ${outputs.length} outputs and made ${made.length}.`);
  }
  const later: (() => string | null)[] = [];
  for (let i = 0; i < made.length; i++) {
    const pattern = outputs[i]!;
    if (pattern.any) continue;
    const why = misfit(pattern, made[i]!.shape, binding, later);
    if (why === null) continue;
    throw new RangeError(
      `${operation} should make ${pattern.name} ${pattern.text} but made [${made[i]!.shape.join(', ')}]: ${why}.`,
    );
  }
}

/** Shape of the i-th output of a call whose dimensions are bound. @throws Error where the contract leaves one open. */
export function outputShape(contract: Contract, i: number, { sizes, run }: Binding): number[] {
  const { before, after } = contract.outputs![i]!;
  const lengths = (terms: readonly Term[]): number[] =>
    terms.map(({ factor, letters }) => letters.reduce((product, letter) => product * sizes[letter]!, factor));
  return [...lengths(before), ...(run && contract.outputs![i]!.ellipsis ? run : []), ...lengths(after)];
}

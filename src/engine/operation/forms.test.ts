/** A form written for one backend must use every input of its operation: what it leaves out, others compute with. */
import ts from 'typescript';
import { expect, it } from 'vitest';
import { isTest, sourceFiles } from '../../../tests/support/imports';
import { parse } from '../../../tests/support/syntax';
import { parseContract } from './contract';

interface FormInputs {
  /** As `routedDense on wasm`. */
  readonly form: string;
  readonly inputs: readonly string[];
  /** Names that the form takes out of its inputs. */
  readonly used: readonly string[];
}

/** `forward` is held by tests of numbers: it may leave to the gradient what only that reads. */
const BACKENDS = ['wasm', 'webgpu'];

/** The native forms of an operation that is written down as an object; none of anything else. */
function formsOf(node: ts.Node): FormInputs[] {
  if (!ts.isObjectLiteralExpression(node)) return [];
  const properties = new Map(
    node.properties.flatMap((property): [string, ts.Expression][] =>
      ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)
        ? [[property.name.text, property.initializer]]
        : [],
    ),
  );
  const [name, shapes] = [properties.get('name'), properties.get('shapes')];
  if (!name || !shapes || !ts.isStringLiteral(name) || !ts.isStringLiteral(shapes)) return [];
  const inputs = parseContract(shapes.text).inputs.map((input) => input.name);
  return BACKENDS.flatMap((backend) => {
    const form = properties.get(backend);
    const given = form && ts.isArrowFunction(form) ? form.parameters[0]?.name : undefined;
    if (!given || !ts.isObjectBindingPattern(given)) return [];
    const used = given.elements.map(({ propertyName, name: local }) => {
      const taken = propertyName ?? local;
      return ts.isIdentifier(taken) ? taken.text : '';
    });
    return [{ form: `${name.text} on ${backend}`, inputs, used }];
  });
}

function formsIn(file: string): FormInputs[] {
  const found: FormInputs[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...formsOf(node));
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

it('leaves out none of the inputs', () => {
  const forms = sourceFiles('src/engine')
    .filter((file) => !isTest(file))
    .flatMap(formsIn);
  expect(forms.length).toBeGreaterThan(30);
  const missing = forms.flatMap(({ form, inputs, used }) =>
    inputs.filter((input) => !used.includes(input)).map((input) => `${form} leaves out ${input}`),
  );
  expect(missing).toEqual([]);
});

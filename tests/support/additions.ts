/** One model, picture, twin and operation, each added to a copy of the tree as a person would. */
import type { TreeCopy } from './treeCopy';

/** Files that a person writes or changes; fixtures are written by the references. */
export const written = (files: readonly string[]): string[] =>
  files.filter((file) => !/\/fixtures\//.test(file));

/** Adds a line after the last one that matches. */
function addLine(text: string, last: RegExp, line: string): string {
  const lines = text.split('\n');
  const at = lines.findLastIndex((one) => last.test(one));
  return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)].join('\n');
}

function addModel(copy: TreeCopy): void {
  const rename = (text: string): string =>
    text
      .replace('const mmoe =', 'const exampleModel =')
      .replace("id: 'mmoe'", "id: 'example-model'")
      .replace("title: 'MMoE'", "title: 'Example'");
  copy.take('src/models/baselines/mmoe.ts', 'src/models/baselines/exampleModel.ts', rename);
  copy.edit('src/models/registry.ts', (text) =>
    addLine(
      addLine(text, /^import /, "import { exampleModel } from './baselines/exampleModel';"),
      /^ {2}\w+,$/,
      '  exampleModel,',
    ),
  );
  copy.take('docs/models/mmoe.md', 'docs/models/example-model.md');
  const reference = 'tests/reference/example-model';
  copy.write(`${reference}/reference.py`, '# The model again, in PyTorch; it writes the fixture.\n');
  copy.take(
    'tests/reference/baselines/fixtures/mmoe-off.json',
    `${reference}/fixtures/default.json`,
    (text) => text.replace('"mmoe"', '"example-model"'),
  );
  copy.write(
    'src/models/baselines/exampleModel.test.ts',
    `import { describeReference } from '../../../tests/support/reference';\n\ndescribeReference('${reference}/fixtures/default.json');\n`,
  );
}

function addPicture(copy: TreeCopy): void {
  copy.write(
    'src/app/pictures/example/ExampleFigure.tsx',
    `import type { ProbeSpec } from '../../../models/definition';
import { Figure } from '../../figure/Figure';
import type { RunView } from '../../store/runView';
import { picture, probeNamed } from '../picture';

function ExampleFigure({ view, spec }: { readonly view: RunView; readonly spec: ProbeSpec }) {
  const table = { columns: ['step'], rows: [[view.step]] };
  return (
    <Figure name="example" title={spec.title} reading={spec.reading} equation={spec.equation} table={table}>
      <p>{view.step}</p>
    </Figure>
  );
}

export const example = picture({ id: 'example', tab: 'gates', accepts: probeNamed('gates'), Component: ExampleFigure });
`,
  );
  copy.edit('src/app/pictures/index.ts', (text) =>
    addLine(
      addLine(text, /^import /, "import { example } from './example/ExampleFigure';"),
      /^ {2}\w+,$/,
      '  example,',
    ),
  );
  copy.edit('docs/testing.md', (text) => `${text}\n\`figure-example\`: the step.\n`);
}

function addTwin(copy: TreeCopy): void {
  copy.take('src/data/simulate/twins/finance4.ts', 'src/data/simulate/twins/example4.ts', (text) =>
    text.replace('const finance4:', 'const example4:').replace("id: 'finance-4'", "id: 'example-4'"),
  );
  copy.edit('src/data/simulate/twins/index.ts', (text) =>
    addLine(
      addLine(text, /^import \{/, "import { example4 } from './example4';"),
      /^ {2}\w+,$/,
      '  example4,',
    ),
  );
  copy.edit('docs/data.md', (text) =>
    addLine(text, /^\| cloudtheme-355 \| [\d,]+ \|/, '| example-4 | 1 | 0 | 0 | 0.9 | 0.9 | 0 |'),
  );
}

function addOperation(copy: TreeCopy): void {
  const folder = 'src/engine/ops/exampleOperation';
  copy.write(
    `${folder}/index.ts`,
    `import * as tf from '@tensorflow/tfjs-core';
import { defineOperation } from '../../operation/defineOperation';

const operation = defineOperation({
  name: 'exampleOperation',
  shapes: 'x: B,M -> B,M',
  forward: ({ x }) => tf.mul(x, 3),
  gradient: ({ dy }) => ({ x: () => tf.mul(dy, 3) }),
});

/** Three times \`x\` \`[B, M]\`. */
export function exampleOperation(x: tf.Tensor2D): tf.Tensor2D {
  return operation({ x });
}
`,
  );
  copy.write(
    `${folder}/exampleOperation.test.ts`,
    `import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { exampleOperation, openBackend } from '../..';

it('exampleOperation has a value and a gradient, and names itself where a shape is wrong', async () => {
  await openBackend('cpu');
  const x = tf.tensor2d([[1, 2]]);
  expect([...exampleOperation(x).dataSync()]).toEqual([3, 6]);
  expect([...tf.grad((y) => tf.sum(exampleOperation(y as tf.Tensor2D)))(x).dataSync()]).toEqual([3, 3]);
  expect(() => exampleOperation(tf.tensor1d([1]) as tf.Tensor as tf.Tensor2D)).toThrow('exampleOperation');
});
`,
  );
  copy.edit('src/engine/ops/index.ts', (text) =>
    addLine(text, /^export /, "export { exampleOperation } from './exampleOperation';"),
  );
}

export const additions = [
  { what: 'a model', files: 5, add: addModel },
  { what: 'a picture', files: 3, add: addPicture },
  { what: 'a twin', files: 3, add: addTwin },
  { what: 'an operation', files: 3, add: addOperation },
];

/** The syntax trees of source files, each parsed once a test file. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

const parsed = new Map<string, ts.SourceFile>();

export function parse(file: string): ts.SourceFile {
  let source = parsed.get(file);
  if (!source) {
    source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false);
    parsed.set(file, source);
  }
  return source;
}

/** Places where `matches` holds, as `file:line: text`. */
export function findNodes(file: string, matches: (node: ts.Node) => boolean): string[] {
  const source = parse(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (matches(node)) {
      const start = node.getStart(source);
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      found.push(`${file}:${line}: ${source.text.slice(start, node.end).replace(/\s+/g, ' ').slice(0, 100)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A switch over words, one of which is `word`. */
export const isSwitchOver =
  (word: string) =>
  (node: ts.Node): boolean =>
    ts.isSwitchStatement(node) &&
    node.caseBlock.clauses.some(
      (clause) =>
        ts.isCaseClause(clause) && ts.isStringLiteral(clause.expression) && clause.expression.text === word,
    );

/** A value taken for another type: `x as T`, not `as const`. */
export const isCast = (node: ts.Node): boolean =>
  ts.isAsExpression(node) &&
  !(
    ts.isTypeReferenceNode(node.type) &&
    ts.isIdentifier(node.type.typeName) &&
    node.type.typeName.text === 'const'
  );

/** Use of a name, such as that of a class of the language. */
export const isName =
  (name: string) =>
  (node: ts.Node): boolean =>
    ts.isIdentifier(node) && node.text === name;

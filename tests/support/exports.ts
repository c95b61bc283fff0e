/** Exports that no other file imports, found from the text of the files alone (no types are resolved). */
import ts from 'typescript';
import { resolveImport } from './imports';
import { parse } from './syntax';

/** `names` null: everything (`import * as`, `import()`). */
interface Use {
  readonly file: string;
  readonly names: readonly string[] | null;
}

interface Module {
  /** Names declared and exported here. */
  readonly own: readonly string[];
  /** Exported types that other lines of the file name. */
  readonly namedTypes: ReadonlySet<string>;
  /** Names passed on from another file: `export { a as b } from`. */
  readonly passed: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
  /** Files of which everything is passed on: `export * from`. */
  readonly passedWhole: readonly string[];
  readonly uses: readonly Use[];
}

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name),
  );
}

function declaredNames(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const named = node as ts.Statement & { readonly name?: ts.Node };
  return named.name && ts.isIdentifier(named.name) ? [named.name.text] : [];
}

function readModule(file: string, known: ReadonlySet<string>): Module {
  const source = parse(file);
  const target = (node: ts.Node | undefined): string | undefined =>
    node && ts.isStringLiteral(node) ? resolveImport(file, node.text, known) : undefined;
  const own: string[] = [];
  const namedTypes = new Set<string>();
  const passed = new Map<string, { file: string; name: string }>();
  const passedWhole: string[] = [];
  const uses: Use[] = [];

  for (const node of source.statements) {
    if (isExported(node)) own.push(...declaredNames(node));
    if (isExported(node) && (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))) {
      const rest = source.text.slice(0, node.pos) + source.text.slice(node.end);
      if (new RegExp(`\\b${node.name.text}\\b`).test(rest)) namedTypes.add(node.name.text);
    }
    if (ts.isImportDeclaration(node)) {
      const from = target(node.moduleSpecifier);
      const bindings = node.importClause?.namedBindings;
      if (from && bindings) {
        const names = ts.isNamedImports(bindings)
          ? bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
          : null;
        uses.push({ file: from, names });
      }
    }
    if (ts.isExportDeclaration(node)) {
      const from = target(node.moduleSpecifier);
      const clause = node.exportClause;
      if (from && !clause) passedWhole.push(from);
      else if (from && clause && ts.isNamedExports(clause)) {
        for (const { name, propertyName } of clause.elements)
          passed.set(name.text, { file: from, name: (propertyName ?? name).text });
      } else if (from) uses.push({ file: from, names: null });
      else if (clause && ts.isNamedExports(clause)) own.push(...clause.elements.map(({ name }) => name.text));
    }
  }
  // `import('…')`, as a value or as a type, may read anything.
  const visit = (node: ts.Node): void => {
    const called =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : undefined;
    const from = target(called);
    if (from) uses.push({ file: from, names: null });
    ts.forEachChild(node, visit);
  };
  if (source.text.includes('import(')) visit(source);
  return { own, namedTypes, passed, passedWhole, uses };
}

/**
 * Exports of `checked` that none of `files` imports, as `file: name`. A name that an index passes on is used where somebody
 * imports it from the index. Types may be exported for their own file's sake, since exported functions name them; they count
 * where not even that file uses them.
 */
export function unusedExports(files: readonly string[], checked: (file: string) => boolean): string[] {
  const known = new Set(files);
  const modules = new Map(files.map((file) => [file, readModule(file, known)]));
  const used = new Set<string>();
  const use = (file: string, name: string): void => {
    const key = `${file}: ${name}`;
    const module = modules.get(file);
    if (!module || used.has(key)) return;
    used.add(key);
    const passed = module.passed.get(name);
    if (passed) use(passed.file, passed.name);
    else if (!module.own.includes(name)) for (const from of module.passedWhole) use(from, name);
  };
  const useAll = (file: string): void => {
    const module = modules.get(file);
    if (!module) return;
    for (const name of [...module.own, ...module.passed.keys()]) use(file, name);
    for (const from of module.passedWhole) useAll(from);
  };
  for (const { uses } of modules.values())
    for (const { file, names } of uses) {
      if (names) for (const name of names) use(file, name);
      else useAll(file);
    }
  return [...modules]
    .filter(([file]) => checked(file))
    .flatMap(([file, { own, namedTypes, passed }]) =>
      [...own.filter((name) => !namedTypes.has(name)), ...passed.keys()].map((name) => `${file}: ${name}`),
    )
    .filter((key) => !used.has(key));
}

// Reads one `.d.ts` file with the TypeScript compiler API and prints a neutral JSON model of it:
// declarations, members, types and documentation, in the order of the file, nothing resolved and
// nothing left out. What the model means is the business of the Python modules beside this file.
//
//   node extract.mjs <node_modules> <file.d.ts>

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** @typedef {any} Node a node of the compiler's tree, whose types are not at hand here */
/** @typedef {{ [key: string]: unknown }} Json a part of the model */

const [modules, file] = process.argv.slice(2);
const { default: ts } = await import(
  pathToFileURL(join(modules, "typescript", "lib", "typescript.js")).href
);
const { SyntaxKind: Kind } = ts;
const source = ts.createSourceFile(
  "index.d.ts",
  readFileSync(file, "utf8"),
  ts.ScriptTarget.Latest,
  true,
);

const KEYWORDS = new Map([
  [Kind.StringKeyword, "string"],
  [Kind.NumberKeyword, "number"],
  [Kind.BooleanKeyword, "boolean"],
  [Kind.BigIntKeyword, "bigint"],
  [Kind.SymbolKeyword, "symbol"],
  [Kind.AnyKeyword, "any"],
  [Kind.UnknownKeyword, "unknown"],
  [Kind.VoidKeyword, "void"],
  [Kind.NeverKeyword, "never"],
  [Kind.UndefinedKeyword, "undefined"],
  [Kind.ObjectKeyword, "object"],
  [Kind.ThisType, "this"],
]);

const line = (/** @type {Node} */ node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
const has = (/** @type {Node} */ node, /** @type {number} */ kind) =>
  node.modifiers?.some((/** @type {Node} */ modifier) => modifier.kind === kind) || undefined;
const refuse = (/** @type {Node} */ node) => {
  throw new Error(`line ${line(node)}: no rule for ${Kind[node.kind]}: ${node.getText()}`);
};

/** The text of the JSDoc block, or of the plain comment block that takes its place. */
function doc(/** @type {Node} */ node) {
  const block = node.jsDoc?.at(-1)?.getText() ?? plainComment(node);
  if (!block) return undefined;
  const lines = block
    .replace(/^\/\*+/, "")
    .replace(/\*+\/$/, "")
    .split("\n")
    .map((/** @type {string} */ text) => text.replace(/^\s*\* ?/, "").replace(/^\s*\/\/ ?/, "").trimEnd());
  return lines.join("\n").trim() || undefined;
}

// Comments that are about the file, not about the declaration they happen to stand before.
const ABOUT_THE_FILE = /eslint|noinspection|Copyright|Licensed under|opensource\.org/;

function plainComment(/** @type {Node} */ node) {
  const ranges = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  const texts = ranges
    .map((/** @type {Node} */ range) => source.text.slice(range.pos, range.end))
    .filter((/** @type {string} */ text) => !ABOUT_THE_FILE.test(text));
  if (texts.at(-1)?.startsWith("/*")) return texts.at(-1);
  return texts.filter((/** @type {string} */ text) => text.startsWith("//")).join("\n");
}

function name(/** @type {Node} */ node) {
  if (!node) return undefined;
  if (ts.isComputedPropertyName(node)) return `[${node.expression.getText()}]`;
  return node.text ?? node.getText();
}

const typeParams = (/** @type {Node} */ node) =>
  node.typeParameters?.map((/** @type {Node} */ param) => ({
    name: param.name.text,
    bound: param.constraint && type(param.constraint),
    default: param.default && type(param.default),
  }));

const params = (/** @type {Node} */ node) =>
  node.parameters.map((/** @type {Node} */ param) => ({
    name: ts.isIdentifier(param.name) ? param.name.text : "options",
    type: param.type ? type(param.type) : { k: "kw", name: "any" },
    optional: Boolean(param.questionToken) || undefined,
    rest: Boolean(param.dotDotDotToken) || undefined,
  }));

/** @type {(node: Node) => Json} */
const signature = (node) => ({
  typeParams: typeParams(node),
  params: params(node),
  result: node.type ? type(node.type) : { k: "kw", name: "any" },
});

function literal(/** @type {Node} */ node) {
  if (node.literal.kind === Kind.NullKeyword) return { k: "kw", name: "null" };
  if (node.literal.kind === Kind.TrueKeyword) return { k: "lit", value: true };
  if (node.literal.kind === Kind.FalseKeyword) return { k: "lit", value: false };
  if (ts.isStringLiteral(node.literal)) return { k: "lit", value: node.literal.text };
  return { k: "lit", value: Number(node.literal.getText()) };
}

function tupleItem(/** @type {Node} */ node) {
  if (ts.isNamedTupleMember(node)) return { type: type(node.type), rest: false };
  if (ts.isRestTypeNode(node)) return { type: type(node.type.elementType), rest: true };
  return { type: type(node), rest: false };
}

/** @returns {Json} */
function type(/** @type {Node} */ node) {
  const keyword = KEYWORDS.get(node.kind);
  if (keyword) return { k: "kw", name: keyword };
  if (ts.isParenthesizedTypeNode(node)) return type(node.type);
  if (ts.isLiteralTypeNode(node)) return literal(node);
  if (ts.isTypeReferenceNode(node)) {
    return { k: "ref", name: node.typeName.getText(), args: node.typeArguments?.map(type) ?? [] };
  }
  if (ts.isExpressionWithTypeArguments(node)) {
    return { k: "ref", name: node.expression.getText(), args: node.typeArguments?.map(type) ?? [] };
  }
  if (ts.isArrayTypeNode(node)) return { k: "ref", name: "Array", args: [type(node.elementType)] };
  if (ts.isTupleTypeNode(node)) return { k: "tuple", items: node.elements.map(tupleItem) };
  if (ts.isUnionTypeNode(node)) return { k: "union", items: node.types.map(type) };
  if (ts.isIntersectionTypeNode(node)) return { k: "and", items: node.types.map(type) };
  if (ts.isTypeLiteralNode(node)) return { k: "object", members: node.members.map(member) };
  if (ts.isFunctionTypeNode(node)) return { k: "fn", signature: signature(node) };
  if (ts.isConstructorTypeNode(node)) return { k: "new", signature: signature(node) };
  if (ts.isTypeOperatorNode(node)) {
    const inner = type(node.type);
    return node.operator === Kind.KeyOfKeyword ? { k: "keyof", type: inner } : inner;
  }
  if (ts.isIndexedAccessTypeNode(node)) {
    return { k: "index", object: type(node.objectType), index: type(node.indexType) };
  }
  if (ts.isTypeQueryNode(node)) return { k: "typeof", name: node.exprName.getText() };
  if (ts.isMappedTypeNode(node)) {
    return {
      k: "mapped",
      param: node.typeParameter.name.text,
      keys: type(node.typeParameter.constraint),
      type: type(node.type),
      optional: Boolean(node.questionToken) || undefined,
    };
  }
  if (ts.isConditionalTypeNode(node)) {
    return {
      k: "cond",
      check: type(node.checkType),
      extends: type(node.extendsType),
      yes: type(node.trueType),
      no: type(node.falseType),
    };
  }
  if (ts.isInferTypeNode(node)) return { k: "infer", name: node.typeParameter.name.text };
  if (ts.isTemplateLiteralTypeNode(node)) return { k: "template", text: node.getText() };
  return refuse(node);
}

const MEMBERS = new Map([
  [Kind.PropertySignature, "property"],
  [Kind.PropertyDeclaration, "property"],
  [Kind.MethodSignature, "method"],
  [Kind.MethodDeclaration, "method"],
  [Kind.GetAccessor, "getter"],
  [Kind.SetAccessor, "setter"],
  [Kind.Constructor, "new"],
  [Kind.ConstructSignature, "new"],
  [Kind.CallSignature, "call"],
  [Kind.IndexSignature, "index"],
]);

function member(/** @type {Node} */ node) {
  const kind = MEMBERS.get(node.kind) ?? refuse(node);
  const callable = ["method", "new", "call"].includes(kind);
  const written = kind === "setter" ? node.parameters[0].type : node.type;
  return {
    kind,
    name: name(node.name) ?? "",
    type: callable ? undefined : written ? type(written) : { k: "kw", name: "any" },
    signature: callable ? signature(node) : undefined,
    optional: Boolean(node.questionToken) || undefined,
    readonly: has(node, Kind.ReadonlyKeyword),
    static: has(node, Kind.StaticKeyword),
    protected: has(node, Kind.ProtectedKeyword),
    doc: doc(node),
  };
}

const heritage = (/** @type {Node} */ node, /** @type {number} */ token) =>
  node.heritageClauses
    ?.filter((/** @type {Node} */ clause) => clause.token === token)
    .flatMap((/** @type {Node} */ clause) => clause.types.map(type));

function variables(/** @type {Node} */ node) {
  return node.declarationList.declarations.map((/** @type {Node} */ declaration) => ({
    kind: "var",
    name: declaration.name.text,
    type: declaration.type ? type(declaration.type) : { k: "kw", name: "any" },
    doc: doc(node),
    line: line(node),
  }));
}

function exported(/** @type {Node} */ node) {
  return node.exportClause.elements.map((/** @type {Node} */ element) => ({
    kind: "export",
    name: element.name.text,
    target: (element.propertyName ?? element.name).text,
    line: line(node),
  }));
}

/** A statement as a list of declarations: `declare const a, b` holds two. */
function declarations(/** @type {Node} */ node) {
  const common = { name: name(node.name), typeParams: typeParams(node), doc: doc(node), line: line(node) };
  if (ts.isVariableStatement(node)) return variables(node);
  if (ts.isExportDeclaration(node)) return exported(node);
  if (ts.isExportAssignment(node)) {
    return [{ kind: "export", name: "=", target: node.expression.getText(), line: line(node) }];
  }
  if (ts.isFunctionDeclaration(node)) {
    return [{ ...common, typeParams: undefined, kind: "function", signature: signature(node) }];
  }
  if (ts.isTypeAliasDeclaration(node)) return [{ ...common, kind: "alias", type: type(node.type) }];
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    return [
      {
        ...common,
        kind: ts.isClassDeclaration(node) ? "class" : "interface",
        abstract: has(node, Kind.AbstractKeyword),
        extends: heritage(node, Kind.ExtendsKeyword),
        members: node.members.map(member),
      },
    ];
  }
  if (ts.isModuleDeclaration(node)) {
    const kind = ts.isStringLiteral(node.name) ? "module" : "namespace";
    return [{ ...common, kind, body: node.body.statements.flatMap(declarations) }];
  }
  return refuse(node);
}

const text = JSON.stringify({ declarations: source.statements.flatMap(declarations) });
process.stdout.write(text);

/**
 * Elements of an OFX document: version 1 is SGML, in which values have no end tag, version 2 is XML. Bounded, and strict where it matters:
 * attributes, document types and entities of one's own are refused. Never throws for content: what is wrong is named with its line.
 */
export interface OfxNode {
  readonly name: string;
  /** Empty for what has elements in it. */
  text: string;
  readonly children: OfxNode[];
  readonly line: number;
}

export type OfxTree = { readonly root: OfxNode } | { readonly line: number; readonly reason: string };

const DEPTH_MAX = 32;
const NODES_MAX = 2_000_000;
const VALUE_CHARACTERS_MAX = 10_000;
const TAG = /<(\/?)([A-Za-z][A-Za-z0-9._]{0,63})\s*(\/?)>/y;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

class Broken extends Error {
  readonly at: number;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

interface OpenNode {
  readonly node: OfxNode;
  readonly parent: OfxNode;
}

interface Reading {
  readonly text: string;
  readonly xml: boolean;
  at: number;
  line: number;
  /** Up to where lines are counted. */
  counted: number;
  nodes: number;
  readonly stack: OpenNode[];
}

export function ofxTree(source: string): OfxTree {
  const text = source.replaceAll(/\r\n?/g, '\n');
  const start = text.search(/<OFX\s*>/i);
  if (start < 0) return { line: 1, reason: 'there is no <OFX> element' };
  const head = text.slice(0, start);
  const reading: Reading = { text, xml: /<\?(?:xml|OFX)\b/.test(head), at: start, line: 1, counted: 0, nodes: 0, stack: [] };
  const above: OfxNode = { name: '', text: '', children: [], line: 1 };
  try {
    if (/<!DOCTYPE|<!ENTITY/i.test(head)) throw new Broken(0, 'a document type is not read');
    do readOne(reading, above); while (reading.stack.length > 0);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { line: lineAt(reading, error.at), reason: error.message };
  }
  const [root] = above.children;
  return root === undefined ? { line: 1, reason: 'there is no <OFX> element' } : { root };
}

/** Counts on from where it has counted: places only grow. */
function lineAt(reading: Reading, at: number): number {
  for (let next = reading.text.indexOf('\n', reading.counted); next >= 0 && next < at; next = reading.text.indexOf('\n', next + 1)) {
    reading.line += 1;
    reading.counted = next + 1;
  }
  return reading.line;
}

/** One tag with the text behind it. */
function readOne(reading: Reading, above: OfxNode): void {
  TAG.lastIndex = reading.at;
  const tag = TAG.exec(reading.text);
  if (tag === null) throw new Broken(reading.at, whyNoTag(reading));
  const [whole, slash, name = '', empty] = tag;
  const at = reading.at;
  reading.at += whole.length;
  if (slash === '/') close(reading, name.toUpperCase(), at);
  else open(reading, above, { name: name.toUpperCase(), at, empty: empty === '/' });
}

function whyNoTag({ text, at, stack }: Reading): string {
  if (at >= text.length) return `the document ends within <${stack.at(-1)?.node.name ?? 'OFX'}>`;
  return /^<[A-Za-z][^<>]*\s[^<>]*>/.test(text.slice(at, at + 300)) ? 'an element with attributes is not OFX' : `${JSON.stringify(text.slice(at, at + 20))} is not a tag`;
}

function open(reading: Reading, above: OfxNode, { name, at, empty }: { readonly name: string; readonly at: number; readonly empty: boolean }): void {
  reading.nodes += 1;
  if (reading.nodes > NODES_MAX) throw new Broken(at, `a document has at most ${NODES_MAX} elements`);
  const parent = reading.stack.at(-1)?.node ?? above;
  const node: OfxNode = { name, text: '', children: [], line: lineAt(reading, at) };
  parent.children.push(node);
  const value = valueAt(reading);
  if (empty) return value === '' ? undefined : strayed(at);
  if (value === '') {
    if (reading.stack.length >= DEPTH_MAX) throw new Broken(at, `elements are nested at most ${DEPTH_MAX} deep`);
    reading.stack.push({ node, parent });
    return;
  }
  node.text = value;
  endValue(reading, name, at);
}

function strayed(at: number): never {
  throw new Broken(at, 'text where only elements may be');
}

/** In SGML the end of a value may be left out. */
function endValue(reading: Reading, name: string, at: number): void {
  TAG.lastIndex = reading.at;
  const tag = TAG.exec(reading.text);
  if (tag?.[1] === '/' && tag[2]?.toUpperCase() === name) {
    reading.at += tag[0].length;
    if (valueAt(reading) !== '') strayed(reading.at);
  } else if (reading.xml) throw new Broken(at, `<${name}> is not closed`);
}

function close(reading: Reading, name: string, at: number): void {
  const depth = reading.stack.findLastIndex(({ node }) => node.name === name);
  if (depth < 0) throw new Broken(at, `</${name}> closes nothing`);
  if (reading.xml && depth < reading.stack.length - 1) throw new Broken(at, `</${name}> comes before the end of <${reading.stack.at(-1)?.node.name ?? ''}>`);
  while (reading.stack.length > depth + 1) emptied(reading.stack.pop());
  reading.stack.pop();
  if (valueAt(reading) !== '' && reading.stack.length > 0) strayed(at);
}

/** An SGML value that was empty: what seemed to be within it stands beside it. */
function emptied(inner: OpenNode | undefined): void {
  if (inner !== undefined) for (const beside of inner.node.children.splice(0)) inner.parent.children.push(beside);
}

/** The text up to the next tag, trimmed; comments are passed over. */
function valueAt(reading: Reading): string {
  const { text } = reading;
  let value = '';
  for (;;) {
    const next = text.indexOf('<', reading.at);
    const end = next < 0 ? text.length : next;
    if (end - reading.at > VALUE_CHARACTERS_MAX) throw new Broken(reading.at, `a value has at most ${VALUE_CHARACTERS_MAX} characters`);
    value += plain(text.slice(reading.at, end));
    reading.at = end;
    if (text.startsWith('<![CDATA[', end)) value += section(reading, '<![CDATA[', ']]>');
    else if (text.startsWith('<!--', end)) section(reading, '<!--', '-->');
    else return value.trim();
    if (value.length > VALUE_CHARACTERS_MAX) throw new Broken(end, `a value has at most ${VALUE_CHARACTERS_MAX} characters`);
  }
}

function section(reading: Reading, begin: string, end: string): string {
  const from = reading.at + begin.length;
  const to = reading.text.indexOf(end, from);
  if (to < 0) throw new Broken(reading.at, `${begin} is not closed`);
  reading.at = to + end.length;
  return reading.text.slice(from, to);
}

const plain = (text: string): string => text.replaceAll(/&(#\d{1,6}|[a-z]{2,4});/g, (entity, name: string) => {
  if (!name.startsWith('#')) return NAMED[name] ?? entity;
  const code = Number(name.slice(1));
  return code > 0 && code < 0xD8_00 ? String.fromCodePoint(code) : entity;
});

/** The first element of that name right within. */
export const child = (node: OfxNode | undefined, name: string): OfxNode | undefined => node?.children.find((one) => one.name === name);

/** A value by its way down; undefined where there is none. */
export function valueOf(node: OfxNode | undefined, ...way: readonly string[]): OfxNode | undefined {
  const found = way.reduce<OfxNode | undefined>(child, node);
  return found === undefined || found.text === '' ? undefined : found;
}

/** Every element of that name, at any depth. */
export function all(node: OfxNode, name: string): OfxNode[] {
  return node.children.flatMap((one) => (one.name === name ? [one] : all(one, name)));
}

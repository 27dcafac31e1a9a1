/**
 * XML as a tree of elements with the lines they begin on. Well-formed XML 1.0 with namespaces only; a document type is refused, so that no
 * entity is ever declared or fetched; depth and number of elements are bounded. Of attributes, only the currency of an amount is kept.
 */
import { SaxesParser } from 'saxes';
import { StatementUnreadable, unreadable } from './problems.ts';

export interface XmlElement {
  readonly line: number;
  /** Without its prefix. */
  readonly name: string;
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  /** What stands directly in it, without the space around it. */
  readonly text: string;
  /** The attribute Ccy. */
  readonly currency: string | null;
}

interface Open extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const DEPTH_MAX = 40;
const ELEMENTS_MAX = 1_000_000;

export function xmlTree(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  let root: Open | null = null;
  let count = 0;
  const fail = (message: string): never => unreadable(parser.line, open.at(-1)?.name ?? null, message);
  parser.on('error', (error) => fail(error.message.replace(/^[\d:\s]*/, '')));
  parser.on('doctype', () => fail('a document type is not allowed'));
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (open.length >= DEPTH_MAX) fail(`elements nest at most ${DEPTH_MAX} deep`);
    if (++count > ELEMENTS_MAX) fail(`a statement has at most ${ELEMENTS_MAX} elements`);
    const element: Open = { line: parser.line, name: local, namespace: uri, children: [], text: '', currency: attributes['Ccy']?.value ?? null };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const keep = (text: string): void => {
    const inner = open.at(-1);
    if (inner !== undefined) inner.text += text;
  };
  parser.on('text', keep);
  parser.on('cdata', keep);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed !== undefined) closed.text = closed.text.trim();
  });
  try {
    parser.write(source).close();
  } catch (error) {
    if (error instanceof StatementUnreadable) throw error;
    fail(error instanceof Error ? error.message : 'the text is not XML');
  }
  return root ?? fail('the text is not XML');
}

export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] => element?.children.filter((child) => child.name === name) ?? [];

/** The first element that the path of names leads to. */
export function at(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let found = element;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
}

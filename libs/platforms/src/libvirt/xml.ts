import { DOMImplementation, DOMParser, onWarningStopParsing, XMLSerializer, type Element } from '@xmldom/xmldom';

/** An element that is to be written: its name, its attributes, and what is in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

/** An element that is to be written. */
export const element = (
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: XmlElement['children']
): XmlElement => ({ name, attributes, children });

/** Characters that no XML document can hold, in whatever way they are written. */
// eslint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** An element as text, in which every value is escaped. @throws Error for a character that XML cannot hold */
export function xmlText(root: XmlElement): string {
  const document = new DOMImplementation().createDocument(null, root.name);
  const possible = (value: string | number): string => {
    const text = String(value);
    if (IMPOSSIBLE.test(text)) throw new Error(`${JSON.stringify(text)} has a character that XML cannot hold`);
    return text;
  };
  const fill = (made: Element, { attributes, children }: XmlElement): void => {
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, possible(value));
    for (const child of children) {
      if (typeof child === 'string') made.appendChild(document.createTextNode(possible(child)));
      else {
        const inner = document.createElement(child.name);
        fill(inner, child);
        made.appendChild(inner);
      }
    }
  };
  if (document.documentElement) fill(document.documentElement, root);
  return new XMLSerializer().serializeToString(document);
}

/** An element that was read. */
export interface ReadElement {
  /** An attribute; `''` where there is none. */
  attribute(name: string): string;
  /** The text in it, without blanks around it. */
  text(): string;
  /** The elements at a path below it (`devices/interface`), in their order. */
  all(path: string): readonly ReadElement[];
  /** The first of them. */
  first(path: string): ReadElement | undefined;
}

/** Reads a document, and is strict about it. @throws Error where it is none */
export function readXml(text: string): ReadElement {
  const { documentElement } = new DOMParser({ onError: onWarningStopParsing }).parseFromString(text, 'text/xml');
  if (!documentElement) throw new Error('the document is empty');
  return readable(documentElement);
}

function readable(read: Element): ReadElement {
  const below = (path: string): Element[] => {
    let found = [read];
    for (const name of path.split('/')) found = found.flatMap((one) => childrenOf(one, name));
    return found;
  };
  return {
    attribute: (name) => read.getAttribute(name) ?? '',
    text: () => (read.textContent ?? '').trim(),
    all: (path) => below(path).map(readable),
    first(path) {
      const [first] = below(path);
      return first && readable(first);
    },
  };
}

const childrenOf = (parent: Element, name: string): Element[] =>
  [...parent.childNodes].filter((node): node is Element => node.nodeName === name);

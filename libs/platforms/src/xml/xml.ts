import type { Element as DomElement } from '@xmldom/xmldom';

/** An element of XML that is to be written. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: XmlContent;
}

/** What stands in an element; what is undefined is left out. */
export type XmlContent = string | number | boolean | XmlElement | undefined | readonly XmlContent[];

/** Makes an element. */
export const element = (
  name: string,
  content: XmlContent = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement => ({ name, attributes, content });

/** Of the attributes that say of which type of XML Schema an element is. */
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that no XML may have, also not as entities. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** @param name of what it is the text of; the text may be a secret, which no error may show */
function escaped(text: string, name: string): string {
  if (FORBIDDEN.test(text)) throw new Error(`the text of "${name}" has a character that XML cannot hold`);
  return text.replaceAll(/[&<>"]/g, (one) => ENTITIES[one] ?? one).replaceAll('\r', '&#13;');
}

/** XML as text. @throws Error for characters that it can not have */
export const written = (content: XmlContent): string => writtenIn('document', content);

function writtenIn(outer: string, content: XmlContent): string {
  if (content === undefined) return '';
  if (typeof content !== 'object') return escaped(String(content), outer);
  if (Array.isArray(content)) return (content as readonly XmlContent[]).map((one) => writtenIn(outer, one)).join('');
  const { name, attributes, content: inside } = content as XmlElement;
  // Blanks of other kinds would be read as spaces.
  const quoted = (text: string) => `"${text.replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}=${quoted(escaped(value, `${name} ${key}`))}`);
  return `<${name}${all.join('')}>${writtenIn(name, inside)}</${name}>`;
}

/** An element that was read. Names are without the prefixes of name spaces. */
export class Xml {
  readonly #element: DomElement;

  constructor(its: DomElement) {
    this.#element = its;
  }

  /** Reads XML. @throws Error where it is none, or declares a document type */
  static async read(text: string): Promise<Xml> {
    const { default: xmldom } = await import('@xmldom/xmldom');
    const onError = (_: string, message: string): never => {
      throw new Error(message);
    };
    if (/<!DOCTYPE/i.test(text)) throw new Error('it declares a document type');
    const root = new xmldom.DOMParser({ onError }).parseFromString(text, 'text/xml').documentElement;
    if (!root) throw new Error('it is empty');
    return new Xml(root);
  }

  get name(): string {
    return this.#element.localName ?? '';
  }

  get text(): string {
    return this.#element.textContent ?? '';
  }

  /** An attribute: its own of that name, or else one of a name space, as `type` of XML Schema. */
  attribute(name: string): string | undefined {
    if (this.#element.hasAttribute(name)) return this.#element.getAttribute(name) ?? undefined;
    return Array.from(this.#element.attributes).find((one) => one.localName === name)?.value;
  }

  /** The elements in it; those at a path of names, where one is given. */
  all(...path: readonly string[]): Xml[] {
    const inside: Xml[] = [];
    for (let node = this.#element.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 1) inside.push(new Xml(node as DomElement));
    }
    const [name, ...rest] = path;
    const named = name === undefined ? inside : inside.filter((one) => one.name === name);
    return rest.length === 0 ? named : named.flatMap((one) => one.all(...rest));
  }

  /**
   * The same to be written, under a name, with other elements in the place of some; those that are not there come last.
   * Attributes of XML Schema get the prefix `xsi`, whatever was theirs.
   */
  copy(name: string, replaced: Readonly<Record<string, XmlElement | undefined>> = {}): XmlElement {
    const inside = this.all();
    const attributes = Object.fromEntries(
      Array.from(this.#element.attributes)
        .filter((one) => !one.name.startsWith('xmlns'))
        .map((one) => [one.namespaceURI === XSI ? `xsi:${one.localName}` : one.name, one.value]),
    );
    const missing = Object.entries(replaced).filter(([one]) => !inside.some((its) => its.name === one));
    const content: XmlContent =
      inside.length === 0 && missing.length === 0
        ? this.text
        : [...inside.map((one) => replaced[one.name] ?? one.copy(one.name)), ...missing.map(([, one]) => one)];
    return element(name, content, attributes);
  }

  /** The first at a path of names; undefined where there is none. */
  at(...path: readonly string[]): Xml | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    for (const one of this.all(name)) {
      const found = one.at(...rest);
      if (found) return found;
    }
    return undefined;
  }
}

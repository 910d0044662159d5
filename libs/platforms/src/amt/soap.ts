import { SaxesParser } from 'saxes';

/** What a message says: the elements that hold text, by their namespace and name. */
export interface Elements {
  /** Of the first of that name; undefined: there is none. */
  text(space: string, name: string): string | undefined;
}

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
/** At most this many characters of a fault are told. */
const MAX_TOLD = 500;

/** Reads a message. @throws Error where it is no XML */
export function elementsOf(xml: string): Elements {
  const texts = new Map<string, string>();
  const open: { readonly key: string; text: string }[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', ({ message }) => {
    throw new Error(`the answer is no XML: ${message}`);
  });
  parser.on('opentag', ({ uri, local }) => void open.push({ key: `${uri} ${local}`, text: '' }));
  parser.on('text', (text) => {
    const last = open.at(-1);
    if (last) last.text += text;
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed && !texts.has(closed.key)) texts.set(closed.key, closed.text.trim());
  });
  parser.write(xml).close();
  return { text: (space, name) => texts.get(`${space} ${name}`) };
}

/** What a fault says in words; `''`: the message is none. */
export function faultIn(xml: string): string {
  try {
    const elements = elementsOf(xml);
    const said = elements.text(SOAP, 'Text') ?? elements.text(SOAP, 'Value') ?? '';
    return said.length > MAX_TOLD ? `${said.slice(0, MAX_TOLD)}…` : said;
  } catch {
    // Pages of HTML say nothing that an operator wants to read.
    return '';
  }
}

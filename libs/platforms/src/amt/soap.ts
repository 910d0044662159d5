/** What a message says: the texts of its elements, by their namespace and name. */
export interface Elements {
  /** Of the first of that name; undefined: there is none. */
  text(space: string, name: string): string | undefined;
}

const SOAP = 'http://www.w3.org/2003/05/soap-envelope';
/** At most this many characters of a fault are told. */
const MAX_TOLD = 500;

/** Reads a message. @throws Error where it is no XML, or declares a document type */
export async function elementsOf(xml: string): Promise<Elements> {
  const { DOMParser } = await import('@xmldom/xmldom');
  if (/<!DOCTYPE/i.test(xml)) throw new Error('the answer is no XML of a message: it declares a document type');
  const onError = (_: string, message: string): never => {
    throw new Error(`the answer is no XML: ${message}`);
  };
  const document = new DOMParser({ onError }).parseFromString(xml, 'text/xml');
  return { text: (space, name) => document.getElementsByTagNameNS(space, name)[0]?.textContent?.trim() };
}

/** What a fault says in words; `''`: the message is none. */
export async function faultIn(xml: string): Promise<string> {
  try {
    const elements = await elementsOf(xml);
    const said = elements.text(SOAP, 'Text') ?? elements.text(SOAP, 'Value') ?? '';
    return said.length > MAX_TOLD ? `${said.slice(0, MAX_TOLD)}…` : said;
  } catch {
    // Pages of HTML say nothing that an operator wants to read.
    return '';
  }
}

import { exchange } from '../http/exchange.ts';
import type { XmlElement } from '../xml/xml.ts';
import { element, written, Xml } from '../xml/xml.ts';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/** What a service refused, in its own words. */
export class SoapFault extends Error {
  override readonly name = 'SoapFault';

  constructor(
    text: string,
    /** What it says besides; undefined: nothing. */
    readonly detail: Xml | undefined,
  ) {
    super(text);
  }
}

/** A service that is called by SOAP 1.1. */
export interface SoapService {
  readonly url: URL;
  /** Name spaces of its messages, by prefix. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface SoapReply {
  /** What stands in the body. */
  readonly body: Xml;
  readonly cookies: readonly string[];
}

/** Calls a service. @throws SoapFault for what it refuses; Error where it can not be reached, or answers something else */
export async function soapCall(
  { url, namespaces, headers = {}, signal }: SoapService,
  message: XmlElement,
): Promise<SoapReply> {
  const names = Object.fromEntries(Object.entries(namespaces).map(([prefix, its]) => [`xmlns:${prefix}`, its]));
  const envelope = element('soapenv:Envelope', element('soapenv:Body', message), {
    'xmlns:soapenv': ENVELOPE,
    ...names,
  });
  const reply = await exchange({
    method: 'POST',
    url,
    signal,
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>${written(envelope)}`,
  });
  const body = await bodyOf(url, reply.status, reply.text);
  const fault = body.at('Fault');
  if (fault) throw new SoapFault(fault.at('faultstring')?.text ?? 'it does not say what', fault.at('detail'));
  const first = body.all()[0];
  if (!first) throw new Error(`${url.host} answers ${message.name} with nothing`);
  return { body: first, cookies: reply.headers['set-cookie'] ?? [] };
}

async function bodyOf(url: URL, status: number, text: string): Promise<Xml> {
  const xml = await Xml.read(text).catch((error: Error) => {
    throw new Error(`${url.host} answers with status ${status} and no SOAP: ${error.message}`);
  });
  const body = xml.name === 'Envelope' ? xml.at('Body') : undefined;
  if (!body) throw new Error(`${url.host} answers with status ${status} and no SOAP`);
  return body;
}

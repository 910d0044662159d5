import type { HttpAnswer } from './http-exchange.ts';
import { STATUS_CODES } from 'node:http';

/** Status codes whose answers have no body, and tell no length of one. */
const WITHOUT_BODY: readonly number[] = [204, 304];
/** What no field may hold; a line end would begin another one. */
const FORBIDDEN = /[^\t\u0020-\u007e\u0080-\u00ff]/;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Text with the encoding it goes over the wire in; `latin1` where it is plain, which is written faster. */
export interface EncodedText {
  readonly text: string;
  readonly encoding: 'latin1' | 'utf8';
  /** What goes behind the text. */
  readonly bytes?: Buffer | undefined;
}

/**
 * An answer as text for the wire, as Node's server would write it on a connection that is kept.
 * @param connection the fields that say what becomes of the connection
 * @throws TypeError where a field holds what none may hold
 */
export function responseText(
  verb: string,
  { status, headers, cookies = [], text = '', bytes }: HttpAnswer,
  connection: string,
): EncodedText {
  const length = Buffer.byteLength(bytes ?? text);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const name in headers) head += fieldText(name, headers[name] ?? '');
  for (const cookie of cookies) head += fieldText('Set-Cookie', cookie);
  if (!WITHOUT_BODY.includes(status)) head += `Content-Length: ${length}\r\n`;
  head += `Date: ${dateNow()}\r\n${connection}\r\n\r\n`;
  if (bytes) return { text: head, encoding: 'latin1', bytes: verb === 'HEAD' ? undefined : bytes };
  if (verb === 'HEAD' || length === text.length) {
    return { text: verb === 'HEAD' ? head : head + text, encoding: 'latin1' };
  }
  // Heads are bytes, one to a character, whatever the body is written in.
  if (BEYOND_ASCII.test(head)) {
    return { text: head + Buffer.from(text).toString('latin1'), encoding: 'latin1' };
  }
  return { text: head + text, encoding: 'utf8' };
}

function fieldText(name: string, value: string): string {
  if (FORBIDDEN.test(value)) throw new TypeError(`the field ${name} cannot be sent`);
  return `${name}: ${value}\r\n`;
}

let second = 0;
let date = '';

/** The time as HTTP writes it, made once a second. */
function dateNow(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1000).toUTCString();
  }
  return date;
}

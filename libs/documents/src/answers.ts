import type { HttpAnswer } from '#http';
import { writeJson } from '#kernel';

const HEADERS = { 'Cinp-Version': '1.0', 'Cache-Control': 'no-store' };

/** A document, or what is wrong, as text. */
export const plain = (status: number, text: string): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'text/plain;charset=utf-8', ...HEADERS },
  text,
});

/** The same as JSON. */
export const json = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=utf-8', ...HEADERS },
  text: writeJson(body),
});

import type { IntegralFloat } from './integral-float.ts';

/** What can travel and be stored as JSON text; whole floats have a kind of their own. */
export type Json = null | boolean | number | IntegralFloat | string | readonly Json[] | JsonMap;

/** A JSON object. Its key order carries no meaning; where order matters, a list of pairs is used instead. */
export interface JsonMap {
  readonly [key: string]: Json;
}

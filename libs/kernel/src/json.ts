/** What can travel and be stored as JSON text. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A JSON object. Its key order carries no meaning; where order matters, a list of pairs is used instead. */
export interface JsonMap {
  readonly [key: string]: Json;
}

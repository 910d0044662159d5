import { METHODS } from 'node:http';

/** The verbs Node's parser refuses, each with a method of the same length that it accepts and no client of ours sends. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['LIST', 'LOCK'],
  ['CALL', 'COPY'],
  ['CREATE', 'REBIND'],
  ['UPDATE', 'UNBIND'],
  ['DESCRIBE', 'CHECKOUT'],
]);

const VERBS: ReadonlyMap<string, string> = new Map([
  ...STAND_INS,
  ['GET', 'GET'],
  ['DELETE', 'DELETE'],
  ['OPTIONS', 'OPTIONS'],
]);

const VERB_OF_STAND_IN: ReadonlyMap<string, string> = new Map([...STAND_INS].map(([verb, standIn]) => [standIn, verb]));

const PASSED: ReadonlyMap<string, string> = new Map([
  ...METHODS.filter((method) => method !== 'CONNECT' && !VERB_OF_STAND_IN.has(method)).map(
    (method) => [method, method] as const,
  ),
  ...VERBS,
]);

/**
 * What the parser is given for a method token: the stand-in of a verb, or the method itself; undefined when neither the
 * protocol nor the parser knows it. Stand-ins and CONNECT are not accepted from outside; verbs are in any case.
 */
export function parserMethod(token: string): string | undefined {
  return PASSED.get(token) ?? VERBS.get(token.toUpperCase());
}

/** The verb a stand-in stands for; undefined for every other method. */
export function verbOfStandIn(method: string): string | undefined {
  return VERB_OF_STAND_IN.get(method);
}

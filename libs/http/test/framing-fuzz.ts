/*
 * Compares the framer with the parser it stands in front of: both read the same random connections, cut at random
 * places, and must agree on every request and every byte of a body for as long as neither has refused. The parser may
 * refuse more; it may never see more.
 */
import { verbOfStandIn } from '../src/http-verb.ts';
import { type NodeParser, nodeParser } from './node-parser.ts';
import { randomConnection } from './random-connection.ts';
import { RequestFramer } from '../src/request-framer.ts';

/** What became of the connections tried. */
export interface FuzzTally {
  inputs: number;
  /** Connections, of those nobody spoiled, that both read to the end. */
  sound: number;
  /** Connections the framer let through whole, and of these the ones the parser read without an error. */
  accepted: number;
  clean: number;
  /** Requests the parser saw. */
  requests: number;
  /** One line for every disagreement; empty when all is well. */
  readonly disagreements: string[];
}

/** Tries `count` connections made from `seed` on. */
export function fuzzFraming(seed: number, count: number): FuzzTally {
  const tally: FuzzTally = { inputs: 0, sound: 0, accepted: 0, clean: 0, requests: 0, disagreements: [] };
  for (let input = seed; input < seed + count; input++) tryConnection(input, tally);
  return tally;
}

function tryConnection(seed: number, tally: FuzzTally): void {
  const { pieces, upgrades, requests } = randomConnection(seed);
  const parser = nodeParser(upgrades);
  const framer = new RequestFramer({ maxHead: 4096, upgrades: () => upgrades, deliver: (bytes) => parser.read(bytes) });
  let complaint: string | undefined;
  for (const piece of pieces) {
    framer.push(Buffer.from(piece));
    complaint = disagreement(framer, parser);
    if (complaint !== undefined || parser.failed || parser.upgraded || framer.refusal !== undefined) break;
  }
  parser.close();
  if (complaint === undefined && requests !== undefined) complaint = unexpected(requests, parser);
  tally.inputs++;
  tally.requests += parser.requests.length;
  if (requests !== undefined && complaint === undefined) tally.sound++;
  if (framer.refusal === undefined) tally.accepted++;
  if (framer.refusal === undefined && !parser.failed) tally.clean++;
  if (complaint === undefined) return;
  tally.disagreements.push(`${seed}: ${complaint} ${JSON.stringify(pieces.map((piece) => piece.toString('latin1')))}`);
}

function disagreement(framer: RequestFramer, parser: NodeParser): string | undefined {
  if (parser.requests.length > framer.requests) return 'the parser sees more requests';
  if (parser.bodyBytes > framer.bodyBytes) return 'the parser sees more of a body';
  if (parser.failed || parser.upgraded) return undefined;
  if (framer.refusal !== undefined) return parser.alive() ? `the parser reads on after "${framer.refusal}"` : undefined;
  if (parser.requests.length < framer.requests) return 'the parser sees fewer requests';
  if (parser.bodyBytes < framer.bodyBytes) return 'the parser sees less of a body';
  return undefined;
}

function unexpected(requests: readonly string[], parser: NodeParser): string | undefined {
  const seen = parser.requests.map(({ method, body }) => `${verbOfStandIn(method) ?? method} ${body}`);
  return seen.join('\n') === requests.join('\n') ? undefined : `the parser sees ${JSON.stringify(seen)}`;
}

/*
 * Compares the framer with the parser it stands in front of: both read the same random connections, cut at random
 * places, and must agree on every request and every byte of a body for as long as neither has refused. The parser may
 * refuse more; it may never see more.
 */
import { verbBehind } from './http-verb.ts';
import { parserBehind } from './parser-behind.ts';
import { randomConnection } from './random-connection.ts';
import { RequestFramer } from './request-framer.ts';

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
  const parser = parserBehind(upgrades);
  const framer = new RequestFramer({ maxHead: 4096, upgrades: () => upgrades, deliver: (bytes) => parser.read(bytes) });
  const complain = (what: string) =>
    tally.disagreements.push(`${seed}: ${what}\n${JSON.stringify(pieces.map((piece) => piece.toString('latin1')))}`);

  for (const piece of pieces) {
    framer.push(Buffer.from(piece));
    if (parser.requests.length > framer.requests) return void complain('the parser sees more requests');
    if (parser.bodyBytes > framer.bodyBytes) return void complain('the parser sees more of a body');
    if (parser.failed || parser.upgraded) break;
    if (framer.refusal !== undefined) {
      if (parser.alive()) return void complain(`the parser reads on after "${framer.refusal}"`);
      break;
    }
    if (parser.requests.length < framer.requests) return void complain('the parser sees fewer requests');
    if (parser.bodyBytes < framer.bodyBytes) return void complain('the parser sees less of a body');
  }
  tally.inputs++;
  tally.requests += parser.requests.length;
  if (framer.refusal === undefined) {
    tally.accepted++;
    if (!parser.failed) tally.clean++;
  }
  if (requests === undefined) return;
  const seen = parser.requests.map(({ method, body }) => `${verbBehind(method) ?? method} ${body}`);
  if (seen.join('\n') === requests.join('\n')) tally.sound++;
  else complain(`expected ${JSON.stringify(requests)}, the parser saw ${JSON.stringify(seen)}`);
}

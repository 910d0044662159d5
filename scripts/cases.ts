/** `npm run cases -- <kind> <file>`: plays a file of recorded cases against the real code and counts what holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, cwd, exit, stderr, stdout } from 'node:process';
import { checkCase as checkConfigCase, configGroups } from '../libs/config/test/cases/check-case.ts';
import type { AddressCase } from '../libs/ipam/test/cases/check-case.ts';
import { addressGroups, checkCase as checkAddressCase } from '../libs/ipam/test/cases/check-case.ts';
import type { Case, Decided } from '../libs/tscript/test/cases/case.ts';
import { checkCase } from '../libs/tscript/test/cases/check-case.ts';
import { checkWireCase, decisionOn, isPlayable, type WireCase, type WireDecisions } from './wire-cases.ts';

/** One case: what it is called, and where it goes otherwise than it should. */
interface Row {
  readonly id: string;
  readonly differences: readonly string[];
  /** The decision it counts by, when that is not the recording. */
  readonly by?: string;
}

/** Cases that belong together. Without `rows` there is nothing yet to play them against. */
interface Group {
  readonly name: string;
  readonly rows?: readonly Row[];
}

/** What each kind of file is played against. */
const kinds: Readonly<Record<string, (content: unknown) => readonly Group[]>> = {
  core: coreGroups,
  tscript: scriptGroups,
  wire: wireGroups,
};

/** The cases of a file that has a single list of them; none where it has no such list. */
function casesIn(content: unknown): readonly unknown[] {
  const { cases } = (content ?? {}) as { readonly cases?: unknown };
  return Array.isArray(cases) ? cases : [];
}

/** The groups of a file nobody plays: its lists that hold something, by name. */
function notYet(content: unknown): readonly Group[] {
  const lists = Object.entries(content ?? {}).filter(([, inner]) => Array.isArray(inner) && inner.length > 0);
  return lists.map(([name]) => ({ name }));
}

/** How the cases of a group of the core are played; undefined: there is nothing yet to play them against. */
function coreCheck(name: string): ((row: AddressCase) => Row) | undefined {
  const config = configGroups.find((one) => one === name);
  if (config !== undefined) return (row) => checkConfigCase(config, row as never);
  const address = addressGroups.find((one) => one === name);
  return address === undefined ? undefined : (row) => checkAddressCase(address, row);
}

/** The groups of the core that there is something to play against; the others are counted as not there. */
function coreGroups(content: unknown): readonly Group[] {
  return notYet(content).map(({ name }) => {
    const rows = (content as Readonly<Record<string, readonly AddressCase[]>>)[name] ?? [];
    const check = coreCheck(name);
    return check ? { name, rows: rows.map((row) => guarded(row, () => check(row))) } : { name };
  });
}

/** Calls of functions, by the name of the case. */
function wireGroups(content: unknown): readonly Group[] {
  const decisions = decided('wire') as WireDecisions;
  return (casesIn(content) as readonly WireCase[]).map((call) => {
    const { case: id } = call;
    if (!isPlayable(call)) return { name: id };
    const by = decisionOn(call, decisions)?.reason;
    const row = () => ({ id, differences: checkWireCase(call, decisions), ...(by !== undefined && { by }) });
    return { name: id, rows: [guarded({ id }, row)] };
  });
}

function scriptGroups(content: unknown): readonly Group[] {
  const cases = casesIn(content) as readonly Case[];
  const decisions = decided('tscript') as Record<string, Decided>;
  return [...new Set(cases.map(({ group }) => group))].map((name) => {
    const rows = cases.filter(({ group }) => group === name).map((row) => checked(row, decisions[row.id]));
    return { name, rows };
  });
}

/** Where cases of a kind go otherwise than recorded, on purpose. */
const decided = (kind: string): unknown =>
  JSON.parse(readFileSync(join(cwd(), `test/cases/${kind}-decided.json`), 'utf8'));

function checked(row: Case, decision: Decided | undefined): Row {
  return guarded(row, () => {
    const { id, differences, by } = checkCase(row, decision);
    return { id, differences, ...(by !== 'recorded' && { by }) };
  });
}

/** What throws has failed, and nothing else with it. */
function guarded({ id }: { readonly id: string }, check: () => Row): Row {
  try {
    return check();
  } catch (thrown) {
    return { id, differences: [`threw ${(thrown as Error).stack}`] };
  }
}

/** Plays a file and says what failed; gives the exit code. @throws Error where the file holds nothing to play */
export function cases(kind: string, file: string, say: (text: string) => void, verbose = false): number {
  const play = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (play === undefined) throw new Error(`there is no kind "${kind}"; there are ${Object.keys(kinds).join(', ')}`);
  const groups = play(JSON.parse(readFileSync(file, 'utf8')));
  for (const { name, rows } of groups) if (rows === undefined) say(`${kind} ${name}: not there yet, not counted\n`);
  const rows = groups.flatMap((group) => group.rows ?? []);
  if (groups.every((group) => group.rows?.length === 0)) throw new Error(`${file} holds no case of the kind "${kind}"`);
  const failed = rows.filter(({ differences }) => differences.length > 0);
  for (const { id, differences } of failed) say(`${id}\n${differences.map((text) => `    ${text}\n`).join('')}`);
  if (verbose) for (const { id, by } of rows) if (by !== undefined) say(`${id}: ${by}\n`);
  say(`${rows.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

if (import.meta.filename === argv[1]) {
  const [kind, file] = argv.slice(2).filter((argument) => !argument.startsWith('--'));
  try {
    if (kind === undefined || file === undefined)
      throw new Error('usage: cases <core|tscript|wire> <file> [--decided]');
    exit(cases(kind, file, (text) => stdout.write(text), argv.includes('--decided')));
  } catch (thrown) {
    stderr.write(`${(thrown as Error).message}\n`);
    exit(2);
  }
}

/**
 * Where the language is decided otherwise than it was recorded. A rule says which differences it explains and proves
 * it where it can: the script rewritten to undo the decision must behave exactly as recorded.
 */
import { compileTree } from '../../src/compile.ts';
import { parse } from '../../src/parse.ts';
import type { SourceFaultKind } from '../../src/source-fault.ts';
import type { Case, CaseSeen, CaseStep } from './case.ts';
import { parsed, stepDifferences } from './compare-case.ts';
import { sameJson } from '../../src/json.ts';
import { type Played, playCase } from './play-case.ts';
import { lastFirst, mapsAsArrays, plainMark, plainNames, withoutRemarks } from './rewrite.ts';
import type { Tree } from '../../src/tree.ts';

/** A decision: its name, and whether it accounts for a case that goes otherwise than recorded. */
export interface Rule {
  readonly name: string;
  /** Where a case that it explains goes otherwise. */
  readonly about: readonly ('parse' | 'steps')[];
  readonly explains: (row: Case) => boolean;
}

/** The decisions, in the order in which they are tried. */
export const decidedRules: readonly Rule[] = [
  { name: 'the step limit is no error', about: ['steps'], explains: sharesExplain },
  { name: 'refused when parsed', about: ['parse'], explains: refusalExplains },
  { name: 'integers are exact up to 2^53', about: ['steps'], explains: integersExplain },
  {
    name: 'names are read at full length',
    about: ['parse', 'steps'],
    explains: (row) => sameWhen(row, plainNames, plainMark),
  },
  {
    name: 'remarks may stand between the parts of a statement',
    about: ['parse', 'steps'],
    explains: (row) => sameWhen(row, withoutRemarks, ''),
  },
  { name: 'the status never fails', about: ['steps'], explains: (row) => asDecided(row, withoutStatusFaults(row)) },
  {
    name: 'operations answer instead of failing',
    about: ['steps'],
    explains: (row) => asDecided(row, withoutInternalFaults(row)),
  },
  { name: 'entries are evaluated as written', about: ['steps'], explains: (row) => replayed(row, lastFirst, false) },
  { name: 'and / or stop at the side that decides', about: ['steps'], explains: bothSidesExplain },
  { name: 'a call may stop inside a map', about: ['steps'], explains: mapsExplain },
  { name: 'break, continue and pass work', about: ['steps'], explains: wordsExplain },
  { name: 'a delay counts all seconds', about: ['steps'], explains: (row) => asDecided(row, withWholeDelays(row)) },
  {
    name: 'the outermost block keeps its times',
    about: ['steps'],
    explains: (row) => asDecided(row, withoutTimesAfterGoto(row)),
  },
];

function treeOf(source: string): Tree | undefined {
  const { tree, faults } = parse(source);
  return faults.length === 0 ? tree : undefined;
}

function played(row: Case, tree: Tree, bothSides = false): Played {
  return playCase(row, compileTree(tree, row.id, bothSides));
}

function sharesExplain(row: Case): boolean {
  const tree = treeOf(row.script);
  const steps = row.steps ?? [];
  const timed = (step: CaseStep): boolean => step.ttl !== undefined || step.expect.raises?.kind === 'Timeout';
  if (tree === undefined || !row.parse.ok || !steps.some(timed)) return false;
  const shared = steps.map((step) =>
    step.expect.raises?.kind === 'Timeout' ? { ...step, ttl: step.ttl ?? 1000 } : withoutShare(step),
  );
  const seen = played({ ...row, steps: shared }, tree);
  const last = seen.steps.at(-1);
  if (row.final?.state === 'done' && !sameJson(row.final.variables, last?.variables)) return false;
  return steps.every(({ expect }, index) => {
    const { raises, returns, state } = seen.steps[index] ?? {};
    if (expect.raises?.kind === 'Timeout') return raises === undefined || raises.kind === 'Yielded';
    const same = sameJson(returns, expect.returns) || (state === 'done' && expect.state === 'done');
    return state === expect.state && same && sameJson(raises?.kind, expect.raises?.kind);
  });
}

function withoutShare({ ttl: _share, ...step }: CaseStep): CaseStep {
  return step;
}

const decidedFaults: readonly SourceFaultKind[] = [
  'label',
  'option-type',
  'duplicate-label',
  'repeated-name',
  'loop-word',
  'number',
];

function refusalExplains(row: Case): boolean {
  const [fault] = parse(row.script).faults;
  if (!row.parse.ok || fault === undefined) return false;
  const advised = row.original_bug === true && !/implement|allow|should read|must not/.test(row.successor ?? '');
  return advised || decidedFaults.includes(fault.kind);
}

function integersExplain(row: Case): boolean {
  const large = /"\$int"|(?<![\d.])\d{16,}(?![\d.])/.test(JSON.stringify([row.steps, row.final, row.script]));
  const tree = treeOf(row.script);
  if (!large || tree === undefined) return false;
  return played(row, tree).steps.some(({ raises }) => raises?.message?.includes('beyond 2^53') === true);
}

/** Whether a script behaves like its rewritten form, which the recordings read as we read both. */
function sameWhen(row: Case, rewrite: (source: string) => string, mark: string): boolean {
  const other = rewrite(row.script);
  const [tree, otherTree] = [treeOf(row.script), treeOf(other)];
  if (other === row.script || tree === undefined || otherTree === undefined) return false;
  const plain = (seen: unknown): unknown =>
    JSON.parse(JSON.stringify(seen).replaceAll(mark === '' ? '\u0000' : mark, ''));
  return sameJson(plain(played(row, tree)), plain(played(row, otherTree)));
}

/** Whether a case with other expectations goes as they say. */
function asDecided(row: Case, decided: Case): boolean {
  const tree = treeOf(row.script);
  if (tree === undefined || !row.parse.ok || decided === row) return false;
  return stepDifferences(decided, played(decided, tree)).length === 0;
}

function withoutStatusFaults(row: Case): Case {
  const faulty = (status: unknown): boolean => status !== null && typeof status === 'object' && 'raises' in status;
  return changed(row, ({ expect }) => {
    if (!faulty(expect.status)) return expect;
    const { status: _status, ...rest } = expect;
    return rest;
  });
}

const answers: Readonly<Partial<Record<CaseStep['op'], unknown>>> = {
  rollback: 'Rollback not possible',
  result: ['Not Expecting Anything', null],
  dispatch: null,
  clearDispatched: null,
};

function withoutInternalFaults(row: Case): Case {
  const steps = withoutStatusFaults(row);
  return changed(steps, ({ op, expect }) => {
    if (expect.raises === undefined || !Object.hasOwn(answers, op)) return expect;
    const { raises: _raises, ...rest } = expect;
    return { ...rest, returns: answers[op] };
  });
}

function changed(row: Case, change: (step: CaseStep) => CaseSeen): Case {
  const steps = (row.steps ?? []).map((step) => ({ ...step, expect: change(step) }));
  return sameJson(steps, row.steps) ? row : { ...row, steps };
}

/** Whether the script rewritten to undo a decision goes as recorded. */
function replayed(row: Case, rewrite: (tree: Tree) => Tree, bothSides: boolean): boolean {
  const tree = treeOf(row.script);
  if (tree === undefined || !row.parse.ok) return false;
  return stepDifferences(row, played(row, rewrite(tree), bothSides)).length === 0;
}

function bothSidesExplain(row: Case): boolean {
  return replayed(row, (tree) => tree, true) || replayed(row, lastFirst, true);
}

function mapsExplain(row: Case): boolean {
  const tree = treeOf(row.script);
  if (tree === undefined || row.original_bug !== true || !/map|entry|entries/i.test(`${row.note} ${row.successor}`))
    return false;
  const outcome = ({ steps }: Played): unknown =>
    steps.map(({ returns, raises, state, line }) => [returns, raises, state, line]);
  const [maps, arrays] = [played(row, tree), played(row, mapsAsArrays(tree))];
  return maps.steps.every(({ state }) => state !== 'aborted') && sameJson(outcome(maps), outcome(arrays));
}

function wordsExplain(row: Case): boolean {
  const tree = treeOf(row.script);
  const unknown = (row.steps ?? []).some(({ expect }) => expect.raises?.message?.includes('Unimplemented') === true);
  if (tree === undefined || !unknown || parsed(row.script).lint !== null) return false;
  return played(row, tree).steps.every(({ raises }) => raises === undefined || raises.kind !== 'UnrecoverableError');
}

/** The recordings left whole days out of what a delay says. */
function withWholeDelays(row: Case): Case {
  const tree = treeOf(row.script);
  if (tree === undefined) return row;
  const waits = /^Waiting for (\d+) more seconds$/;
  const secondsIn = (text: unknown): number => Number(waits.exec(String(text))?.[1]) % 86400;
  const seen = played(row, tree);
  const steps = (row.steps ?? []).map((step, index) => {
    const { returns } = seen.steps[index] ?? {};
    const same = secondsIn(returns) === secondsIn(step.expect.returns);
    return same ? { ...step, expect: { ...step.expect, returns } } : step;
  });
  return sameJson(steps, row.steps) ? row : { ...row, steps };
}

/** The recordings lost the times of the outermost block at a goto. */
function withoutTimesAfterGoto(row: Case): Case {
  if (row.original_bug !== true || !/\bgoto\b/.test(row.script)) return row;
  return changed(row, ({ expect: { status: _status, ...rest } }) => rest);
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compile } from './compile.ts';
import { fromJson, toTaggedJson } from './json.ts';
import { type Answers, rehearse } from './rehearse.ts';
import { ScriptFault } from './source-fault.ts';

interface Fence {
  readonly kind: string;
  readonly text: string;
}

/** An example: a script, and the fences round it that say what it is given and what comes of it. */
interface Example {
  readonly script: string;
  readonly given: string | undefined;
  readonly leaves: string | undefined;
  readonly stops: string | undefined;
  readonly fault: string | undefined;
}

const page = readFileSync(new URL('../../../docs/tscript.md', import.meta.url), 'utf8');
const fences = [...page.matchAll(/^```(.+)\n([^]*?)\n```$/gm)].map(([, kind = '', text = '']): Fence => ({
  kind,
  text,
}));

function examplesIn(list: readonly Fence[]): Example[] {
  return list.flatMap(({ kind, text }, at) => {
    if (kind !== 'tscript') return [];
    const next = list.findIndex((fence, index) => index > at && fence.kind === 'tscript');
    const after = list.slice(at + 1, next < 0 ? list.length : next);
    const of = (wanted: string): string | undefined => after.find((fence) => fence.kind === wanted)?.text;
    const before = list[at - 1];
    const given = before?.kind === 'json given' ? before.text : undefined;
    return [{ script: text, given, leaves: of('json leaves'), stops: of('text stops'), fault: of('text fault') }];
  });
}

const examples = examplesIn(fences);

function faultOf(script: string): string | undefined {
  try {
    compile(script);
    return undefined;
  } catch (thrown) {
    return thrown instanceof ScriptFault ? thrown.message : String(thrown);
  }
}

describe('the examples on the page about the language', () => {
  it('are all there', () => {
    expect(examples.length).toBeGreaterThan(15);
    expect(examples.every(({ leaves, fault }) => leaves !== undefined || fault !== undefined)).toBe(true);
  });

  it.each(examples)('do what the page says: $script', ({ script, given, leaves, stops, fault }) => {
    expect(faultOf(script)).toBe(fault);
    if (fault !== undefined) return;
    const answers = JSON.parse(given ?? '{}') as Answers;
    const { outcome, variables, trace } = rehearse(compile(script), answers);
    expect(outcome).toEqual({ kind: 'ended' });
    expect(variables).toEqual(toTaggedJson(fromJson(JSON.parse(leaves ?? '{}'))));
    const stopped = trace.flatMap((entry) => (entry.kind === 'stop' ? [`${entry.outcome}: ${entry.message}`] : []));
    expect(stopped).toEqual(stops?.split('\n') ?? []);
  });
});

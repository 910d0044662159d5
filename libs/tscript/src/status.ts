import { type Machine, isRunning } from './machine.ts';
import { type Program, type ProgramNode, nodesAt } from './program.ts';
import { quoted } from './text.ts';
import { floatText } from './text.ts';

/** One level of a status: percent done, what it is, and what is known about it. */
export type StatusEntry = readonly [
  percent: number,
  kind: 'Scope' | 'While' | 'IfElse' | 'Function',
  data: StatusData | null,
];

/** What is known about a level. Times are texts like `01:30`. */
export type StatusData = Readonly<Record<string, string | boolean | null>>;

interface Level {
  readonly kind: StatusEntry[1];
  readonly position: number;
  readonly length: number;
  readonly data: StatusData;
}

/** How far a script has come, from the outermost block inward. */
export function status(machine: Machine, program: Program, now: number): StatusEntry[] {
  if (!isRunning(machine)) return [[machine.state === 'new' ? 0 : 100, 'Scope', null]];
  const levels = levelsOf(machine, nodesAt(program, machine.pc), now);
  const entries: StatusEntry[] = [];
  let inner = 0;
  for (const { kind, position, length, data } of levels.toReversed()) {
    inner = length === 0 ? 0 : (100 * position) / length + inner / length;
    entries.unshift([inner, kind, data]);
  }
  return entries;
}

/** A status in the notation in which clients have always read it. */
export function statusText(entries: readonly StatusEntry[]): string {
  const data = (content: StatusData | null): string => {
    if (content === null) return 'None';
    return `{${Object.entries(content)
      .map(([key, value]) => `${quoted(key)}: ${word(value)}`)
      .join(', ')}}`;
  };
  return `[${entries.map(([percent, kind, content]) => `[${floatText(percent)}, ${quoted(kind)}, ${data(content)}]`).join(', ')}]`;
}

function word(value: string | boolean | null): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null) return 'None';
  return value ? 'True' : 'False';
}

function levelsOf(machine: Machine, chain: readonly ProgramNode[], now: number): Level[] {
  const levels: Level[] = [];
  const innermost = chain.at(-1);
  let blocks = 0;
  let called: ProgramNode | undefined;
  for (const [index, node] of chain.entries()) {
    if (node.type === 'S') {
      levels.push(scopeLevel(machine, node, chain[index + 1], blocks, now));
      blocks += 1;
    } else if (node.type === 'W') {
      levels.push({ kind: 'While', position: 0, length: 1, data: { doing: node.doing ?? 'condition' } });
    } else if (node.type === 'I') {
      const data = { doing: node.doing ?? 'condition' };
      levels.push({ kind: 'IfElse', position: node.position, length: node.count ?? 0, data });
    } else if (node.type === 'F') {
      called ??= node;
      levels.push({ kind: 'Function', position: 0, length: 1, data: callData(machine, called, node === innermost) });
    }
  }
  return levels;
}

function scopeLevel(
  machine: Machine,
  node: ProgramNode,
  child: ProgramNode | undefined,
  block: number,
  now: number,
): Level {
  const elapsed = now - (machine.blocks[block]?.start ?? now);
  const data: Record<string, string> = {};
  if (node.description !== undefined) data['description'] = node.description;
  data['time_elapsed'] = clockText(elapsed);
  if (node.expected !== undefined) data['time_remaining'] = clockText(node.expected * 1000 - elapsed);
  const position = child?.type === 'L' ? child.position : 0;
  return { kind: 'Scope', position, length: node.count ?? 0, data };
}

/** The calls inside the parameters of another are shown under the name of the outer one. */
function callData({ waiting }: Machine, { module = null, name = '' }: ProgramNode, innermost: boolean): StatusData {
  const data = { module, name };
  return innermost && waiting?.kind === 'external' ? { ...data, dispatched: waiting.dispatched } : data;
}

/** `MM:SS`, with hours and days in front when there are any. */
export function clockText(milliseconds: number): string {
  const seconds = Math.trunc(Math.abs(milliseconds) / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  const front = `${days > 0 ? `${days}:` : ''}${days > 0 || hours > 0 ? `${two(hours)}:` : ''}`;
  return `${milliseconds < 0 && seconds > 0 ? '-' : ''}${front}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

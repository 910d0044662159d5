/** A public event, as far as the timeline shows it (docs/rest.md). */
export interface TimelineEvent {
  readonly id: string;
  readonly kind: string;
  readonly position: string;
  readonly at: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly object: { readonly model: string; readonly id: string | number };
  readonly data: unknown;
}

/** How far back the timeline goes: what is said, and how many hours that is. */
export const RANGES = [
  ['1h', 'Last hour', 1],
  ['6h', '6 hours', 6],
  ['24h', 'Day', 24],
  ['7d', 'Week', 168],
  ['30d', '30 days', 720],
] as const;
export type Range = (typeof RANGES)[number][0];

export const isRange = (text: string | null): text is Range => RANGES.some(([range]) => range === text);

/** When a range begins, ISO 8601; to the minute, so that what was asked for is known for as long. */
export function beginOf(range: Range, now: number): string {
  const hours = RANGES.find(([one]) => one === range)?.[2] ?? 1;
  return new Date(Math.floor(now / 60_000) * 60_000 - hours * 3_600_000).toISOString();
}

/** The groups of kinds that one can choose among, with what the kinds of each are about. */
export const GROUPS = [
  [
    'machines',
    'Machines',
    [
      'foundation',
      'structure',
      'complex',
      'complex_structure',
      'dependency',
      'interface',
      'logical_interface',
      'deprovision',
    ],
  ],
  ['jobs', 'Jobs', ['job', 'wave', 'limit', 'maintenance_window', 'hold_rule']],
  ['addresses', 'Addresses', ['address', 'address_block', 'network', 'network_address_block', 'networked']],
  ['configuration', 'Configuration', ['site', 'blueprint', 'script', 'pxe', 'zone', 'entry']],
  ['operation', 'Operation', ['subcontractor', 'subscription', 'box', 'user', 'group', 'service', 'plot']],
] as const;

/** The patterns of kinds of some groups; none: all kinds. */
export const patternsOf = (groups: readonly string[]): readonly string[] =>
  GROUPS.filter(([group]) => groups.includes(group)).flatMap(([, , nouns]) => nouns.map((noun) => `${noun}.*`));

/** How an event is marked: what has failed, what was made or built, what is gone. */
export function colorOfKind(kind: string): 'red' | 'green' | 'orange' | 'blue' | 'grey' {
  const verb = kind.split('.')[1] ?? '';
  if (/fail|abort|lapse|alert|timed_out/.test(verb)) return 'red';
  if (/delete|cancel|destroy|forgot|gone|pause|slow|held|forced|reset|rolled/.test(verb)) return 'orange';
  if (/built|done|ended|complete|finished|released/.test(verb)) return 'green';
  return /create|start|resume|appear|begun/.test(verb) ? 'blue' : 'grey';
}

/** A kind in words: `address_block.offset_taken` is `offset taken`. */
export const verbOf = (kind: string): string => (kind.split('.')[1] ?? kind).replaceAll('_', ' ');

/** What an event says in a line: its message, its name, what it was changed to. */
export function gistOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const told = data as Readonly<Record<string, unknown>>;
  const parts = ['script', 'message', 'description', 'hostname', 'name', 'ip_address', 'state']
    .map((name) => told[name])
    .filter(
      (value): value is string | number => (typeof value === 'string' && value !== '') || typeof value === 'number',
    );
  return parts.slice(0, 3).join(' · ');
}

/** Events by the day they happened on here, the newest first. @param dayOf the day of a moment, in words */
export function byDay(
  events: readonly TimelineEvent[],
  dayOf: (time: string) => string,
): readonly (readonly [day: string, events: readonly TimelineEvent[]])[] {
  const days = new Map<string, TimelineEvent[]>();
  for (const event of events.toReversed()) {
    const day = dayOf(event.at);
    const known = days.get(day);
    if (known) known.push(event);
    else days.set(day, [event]);
  }
  return [...days];
}

/** How many happened in each of some equal stretches between two moments, and how many of these have failed. */
export function histogram(
  events: readonly TimelineEvent[],
  { from, to, bins }: { readonly from: number; readonly to: number; readonly bins: number },
): readonly { readonly at: number; readonly total: number; readonly failed: number }[] {
  const width = Math.max(1, (to - from) / bins);
  const counts = Array.from({ length: bins }, (_, n) => ({ at: from + n * width, total: 0, failed: 0 }));
  for (const { at, kind } of events) {
    const n = Math.min(bins - 1, Math.max(0, Math.floor((Date.parse(at) - from) / width)));
    const bin = counts[n];
    if (!bin) continue;
    bin.total += 1;
    if (colorOfKind(kind) === 'red') bin.failed += 1;
  }
  return counts;
}

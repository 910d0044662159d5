/** A level of what a script is in the middle of, from the outermost block inward. */
export interface StackLevel {
  readonly percent: number;
  /** What the block is called. */
  readonly description: string;
  readonly elapsed: string | undefined;
  readonly remaining: string | undefined;
  /** Whether it takes longer than was expected. */
  readonly isOverdue: boolean;
  /** The call it stands at, of the innermost level. */
  readonly call: string | undefined;
  readonly isDispatched: boolean;
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const WORDS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
/** A text in quotes of either kind, or one of the words that JSON writes otherwise. */
const TOKEN = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|\b(True|False|None)\b/g;

/** A text as it stands between quotes, with what was written out put back. */
const plain = (text: string): string =>
  text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g, (_, x, u, long, one: string | undefined) => {
    const hex = (x ?? u ?? long) as string | undefined;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return { n: '\n', r: '\r', t: '\t' }[one ?? ''] ?? one ?? '';
  });

/** Reads what is written as Python writes it; undefined: it is something else. */
function readStatus(status: string): unknown {
  const json = status.replace(TOKEN, (_, single?: string, double?: string, word?: string) =>
    word === undefined ? JSON.stringify(plain(single ?? double ?? '')) : (WORDS[word] ?? word),
  );
  try {
    return JSON.parse(json);
  } catch {
    // A status of another make is not shown; the page has the rest.
    return undefined;
  }
}

/** The levels that the `status` of a job tells; of what cannot be read, none. */
export function statusStack(status: unknown): readonly StackLevel[] {
  const entries = typeof status === 'string' ? readStatus(status) : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): StackLevel[] => {
    if (!Array.isArray(entry) || typeof entry[0] !== 'number') return [];
    const [percent, kind, given] = entry as [number, unknown, unknown];
    const detail = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
    if (kind !== 'Scope' && kind !== 'Function') return [];
    const remaining = textIn(detail['time_remaining']);
    const [module, name] = [textIn(detail['module']), textIn(detail['name'])];
    return [
      {
        percent,
        description: textIn(detail['description']) ?? '',
        elapsed: textIn(detail['time_elapsed']),
        remaining,
        isOverdue: remaining?.startsWith('-') === true,
        call:
          kind === 'Function' ? [module, name].filter((part) => part !== undefined).join('.') || undefined : undefined,
        isDispatched: detail['dispatched'] === true,
      },
    ];
  });
}

import type { AnyDecider, Closing, Decider, EventOf, Lifecycle, Message, UnitOfWork } from '#kernel';
import { parseStored, writeJson } from '#kernel';
import type { LoggedEvent } from '#event-store';
import type { Key, ReadModel, View } from '#read-store';
import { shownBesides } from '#read-store';

/** Stands for all of what a stream holds. */
export const ALL_PARTS = '*';

/** The part of what a noun says itself, beside what others have noted with it. */
export const FIELDS = 'fields';

/** Why a type of event is not undone, in words that say what to do instead. */
export interface NotUndone {
  readonly instead: string;
  /** What was before it is not undone where that has changed one of these parts; all of it unless said otherwise. */
  readonly parts?: readonly string[];
}

/**
 * The parts of its stream that an event changes. What came later stands in the way of undoing it where it has changed one
 * of the same parts. None: it is no hindrance, and there is nothing to undo.
 */
export type Touches = typeof ALL_PARTS | readonly string[] | ((data: never) => readonly string[]) | NotUndone;

/** What a request has touched in one stream. */
export interface TouchedStream<S = unknown> {
  /** Id in the name of the stream. */
  readonly id: string;
  /** Its state before the request. */
  readonly before: S;
  /** Its row before the request, and as it is now, where the rule names rows. */
  readonly rowBefore: object | undefined;
  readonly rowNow: object | undefined;
  /** The parts that events of the request have changed. */
  readonly parts: ReadonlySet<string>;
  readonly events: readonly LoggedEvent[];
  /** The first event that changed a part, where that was before the request. */
  readonly firstBefore: ReadonlyMap<string, LoggedEvent>;
  /** The last event before the request that changed a part. */
  readonly lastBefore: ReadonlyMap<string, LoggedEvent>;
  /** ISO 8601 with microseconds. */
  readonly now: string;
}

/** How what a request did to the streams of one category is undone. */
export interface UndoRule {
  readonly category: string;
  /** Folds the state before; undefined where nothing is undone. */
  readonly decider?: AnyDecider & { readonly initial: () => unknown };
  /** By the type of event. */
  readonly events: Readonly<Record<string, Touches>>;
  /** The rows of its streams by their ids; they rest on no other streams. */
  readonly rows?: ReadModel;
  /** Path of the model of the API whose permissions the opposite change needs, and whose users are looked for. */
  readonly model?: string;
  /** The model that shows one of its things, by the state of its stream, where there are several. */
  kindOf?(state: unknown): string;
  /** Puts the parts back to what they were; what is wrong with that is noted. */
  undo?(work: UnitOfWork, touched: TouchedStream<never>): Promise<unknown>;
  /** Once all streams are put back: notes where something it refers to is not there any more, or may not be so. */
  check?(work: UnitOfWork, id: string): Promise<unknown>;
  /** Who still uses one that is not there any more, in words, besides the users that its model knows. */
  uses?(view: View, id: Key): Promise<readonly string[]>;
  /** Whether there is such a thing, by the state of its stream. */
  exists?(state: unknown): boolean;
  /** Closes it, so that nobody new can refer to it, and opens it again; left out where nobody has to be kept off. */
  readonly closing?: { readonly close: Message; readonly reopen: Message };
}

type AnyNoun = AnyDecider & {
  readonly initial: () => unknown;
  readonly messages?: { readonly command: Message; readonly event: Message };
};

/** The types of the events of a decider. */
type TypesOf<D extends AnyNoun> = EventOf<D>['type'];

/** The fields of something, as its state holds them. */
type ValueOf<S> = S extends { readonly stage: unknown }
  ? S extends { readonly value: infer T }
    ? T
    : never
  : NonNullable<S>;

interface NounOptions<D extends AnyNoun, S> {
  /** As its events call it; that of the decider unless said otherwise. */
  readonly noun?: string;
  readonly model: string;
  /** The model that shows it, where there are several for its kinds. */
  readonly kind?: (value: ValueOf<S>) => string;
  readonly rows: ReadModel<never> | ReadModel;
  /** By type of event, the parts it changes; everything, unless said otherwise. Closing and reopening change nothing. */
  readonly events?: Partial<Readonly<Record<TypesOf<D>, Touches>>>;
  /** By part: its fields, in the state and in the rows. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  readonly check?: (work: UnitOfWork, id: string, value: ValueOf<S>) => Promise<unknown>;
  readonly uses?: UndoRule['uses'];
  /** Notes what has been noted with one that is not there any more; what it reads is also looked at by the append. */
  readonly checkGone?: (work: UnitOfWork, id: string) => Promise<unknown>;
  /** What its state holds and its rows do not. */
  readonly hidden?: readonly string[];
  /** The value as the event that restores it has it, where the state does not hold it as JSON. */
  readonly plain?: (value: ValueOf<S>) => object;
}

/** The value in a state: of something with a lifecycle, or of what is there or not. */
function valueIn(state: unknown): object | null {
  if (state === undefined || state === null) return null;
  if (!hasLifecycle(state)) return state;
  return 'value' in state ? (state.value as object) : null;
}

const hasLifecycle = (state: unknown): state is Lifecycle<unknown> =>
  typeof state === 'object' && state !== null && 'stage' in state;

/**
 * How a noun is undone: an event `<Noun>Restored` with what it was before. `check` looks at what it refers to, once
 * everything is put back.
 */
export function undoNoun<D extends AnyNoun, S = ReturnType<D['initial']>>(
  decider: D,
  { noun = (decider as { readonly noun?: string }).noun ?? '', model, rows, ...options }: NounOptions<D, S>,
): UndoRule {
  const lasting = hasLifecycle(decider.initial());
  const {
    parts: fieldsOf = {},
    hidden = [],
    plain = (value) => value as object,
    check,
    checkGone,
    uses,
    kind,
  } = options;
  const passing = new Set([`${noun}Closed`, `${noun}Reopened`]);
  const events = Object.fromEntries(
    Object.keys(decider.evolve).map((type) => [type, passing.has(type) ? [] : ALL_PARTS] as const),
  );
  const load = (work: UnitOfWork, id: Key): Promise<unknown> => work.load(decider as never, id);
  const plainIn = (state: unknown): object | null => {
    const value = valueIn(state);
    return value && plain(value as ValueOf<S>);
  };
  return {
    category: decider.category,
    decider,
    model,
    rows,
    events: { ...events, ...options.events },
    exists: (state) => valueIn(state) !== null,
    ...(lasting
      ? {
          closing: {
            close: { type: `Close${noun}`, data: { undone: true } satisfies Closing },
            reopen: { type: `Reopen${noun}`, data: {} },
          },
        }
      : {}),
    ...(uses ? { uses } : {}),
    ...(kind ? { kindOf: (state: unknown) => kind(valueIn(state) as ValueOf<S>) } : {}),
    async undo(work, { id, before, rowBefore, rowNow, parts }: TouchedStream) {
      const put = parts.has(ALL_PARTS) ? undefined : new Set([...parts].flatMap((part) => fieldsOf[part] ?? []));
      // As the log will hold it, without what is not there.
      const value = parseStored(writeJson(mixed(plainIn(await load(work, id)), plainIn(before), put))) as object | null;
      const row = mixed(rowNow ?? null, rowBefore ?? null, put) ?? {};
      const shown = value === null ? {} : shownBesides(row, value, hidden);
      const command = { type: `Restore${noun}`, data: { value, shown } };
      await work.decide(decider as never, id, command as never);
    },
    async check(work, id) {
      const value = valueIn(await load(work, id));
      if (value === null) await checkGone?.(work, id);
      else await check?.(work, id, value as ValueOf<S>);
    },
  };
}

/** What it was before, or what it is now with some fields as they were before; undefined: all of them. */
function mixed(now: object | null, before: object | null, fields: ReadonlySet<string> | undefined): object | null {
  if (fields === undefined || now === null || before === null) return before;
  const ofNow = Object.entries(now).filter(([name]) => !fields.has(name));
  const ofBefore = Object.entries(before).filter(([name]) => fields.has(name));
  return Object.fromEntries([...ofNow, ...ofBefore]);
}

/** How a register is undone, entry by entry, by its own commands: what came later to other entries is no hindrance. */
export function undoRegister<S, C extends Message, E extends Message>(
  decider: Decider<S, C, E>,
  rule: {
    readonly events: { readonly [T in E['type']]: Touches };
    readonly undo: (work: UnitOfWork, touched: TouchedStream<S>) => Promise<unknown>;
  },
): UndoRule {
  return { category: decider.category, decider, events: rule.events, undo: rule.undo };
}

/** What is not undone, whatever has happened to it, and what to do instead. */
export const notUndone = (decider: AnyDecider, instead: string): UndoRule => ({
  category: decider.category,
  events: Object.fromEntries(Object.keys(decider.evolve).map((type) => [type, { instead }])),
});

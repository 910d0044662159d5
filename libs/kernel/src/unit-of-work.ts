import type { Decider, Message } from './decider.ts';
import { evolve } from './decider.ts';
import type { Fault } from './refusal.ts';
import { Refusal } from './refusal.ts';
import { streamName } from './stream-name.ts';

/** A stream as it was read: its state, and the revision it was read at (-1: there is no such stream). */
export interface StreamState<S = unknown> {
  readonly state: S;
  readonly revision: number;
}

/** Where a unit of work reads the streams it needs. The states it hands out belong to it and are not changed. */
export interface StateSource {
  load<S, C extends Message, E extends Message>(decider: Decider<S, C, E>, id: string): Promise<StreamState<S>>;
  /** What is known of a stream without looking, taken not to exist where nothing is known; undefined: it has to be looked at. */
  loadOptimistic?<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string,
  ): StreamState<S> | undefined;
}

interface TrackedStream {
  readonly decider: Decider<unknown, Message, Message>;
  readonly revision: number;
  state: unknown;
  /** How many of the events the state already shows. */
  applied: number;
  readonly events: Message[];
}

/**
 * A unit of work on a fork: an in-memory overlay over the log. It reads the streams a request needs, lets deciders speak,
 * and collects what they decide, stream by stream. Committed, it is one atomic append: an exact revision for every
 * stream written, a check for every stream only read. Not committed, it is a dry run.
 */
export class UnitOfWork {
  readonly #source: StateSource;
  readonly #streams = new Map<string, TrackedStream>();
  readonly #faults: Fault[] = [];
  readonly #faultyInput = new Set<string>();

  constructor(source: StateSource) {
    this.#source = source;
  }

  /** The state of a stream, with what this work has decided so far. */
  async load<S, C extends Message, E extends Message>(decider: Decider<S, C, E>, id: string | number): Promise<S> {
    return (await this.#touch(decider, String(id))).state as S;
  }

  /**
   * Lets the decider of a stream decide. A refusal is collected, not thrown, so that one answer names every fault.
   * @returns whether it was granted
   */
  async decide<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string | number,
    command: C,
  ): Promise<boolean> {
    const refusal = await this.attempt(decider, id, command);
    if (refusal) this.#note(refusal.faults);
    return refusal === undefined;
  }

  /** Lets the decider of a stream decide; a refusal is the answer and does not spoil the rest of the work. */
  async attempt<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string | number,
    command: C,
  ): Promise<Refusal | undefined> {
    const creates = decider.creationCommands?.includes(command.type) === true;
    const touched = await this.#touch(decider, String(id), creates);
    const rule = (decider.decide as Record<string, (data: unknown, state: S) => unknown>)[command.type];
    if (!rule) throw new Error(`${decider.category} knows no command ${command.type}`);
    const decision = rule(command.data, touched.state as S);
    if (decision instanceof Refusal) return decision;
    const events = (Array.isArray(decision) ? decision : [decision]) as Message[];
    // Each is an object of its own, whatever the decider has made it of.
    touched.events.push(...events.map(({ type, data }) => ({ type, data })));
    return undefined;
  }

  /**
   * Takes over what was decided before on a stream as it was at a revision.
   * @returns whether it is at that revision still; where it is not, nothing is taken over
   */
  async adopt<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string,
    { expected, events }: { readonly expected: number; readonly events: readonly Message[] },
  ): Promise<boolean> {
    const touched = await this.#touch(decider, id);
    if (touched.revision !== expected) return false;
    touched.events.push(...events);
    return true;
  }

  /** Adds a fault found outside the deciders (a reference to something that is not there). */
  fault(field: string, code: string, text: string, more: string | Pick<Fault, 'path' | 'rule'> = {}): void {
    this.#note([{ field, code, text, ...(typeof more === 'string' ? { path: more } : more) }]);
  }

  /** Does a part of the work; the faults that are found meanwhile are the answer, and do not spoil the rest. */
  async faultsOf(part: () => Promise<unknown>): Promise<readonly Fault[]> {
    const before = this.#faults.length;
    await part();
    return this.#faults.splice(before);
  }

  /** Adds a fault of the input itself. What is found out about the same field later rests on it and is not told. */
  faultInput(fault: Fault): void {
    this.#faults.push(fault);
    this.#faultyInput.add(fault.field);
  }

  /** Throws a {@link Refusal} with all faults collected so far, if there are any. */
  throwIfFaulted(): void {
    if (this.#faults.length > 0) throw new Refusal(this.#faults);
  }

  /** What was decided: per stream written, the revision it was read at and its new events, in order of first touch. */
  written(): { readonly stream: string; readonly expected: number; readonly events: readonly Message[] }[] {
    return [...this.#streams]
      .filter(([, touched]) => touched.events.length > 0)
      .map(([stream, touched]) => ({ stream, expected: touched.revision, events: touched.events }));
  }

  /** The streams that were read and not written, each with the revision it was read at. */
  read(): { readonly stream: string; readonly revision: number }[] {
    return [...this.#streams]
      .filter(([, touched]) => touched.events.length === 0)
      .map(([stream, touched]) => ({ stream, revision: touched.revision }));
  }

  /**
   * A unit of work that begins where this one is: it sees what this one has decided, and decides for itself. What it came
   * to is nothing until it is absorbed.
   */
  fork(): UnitOfWork {
    const seen = ({ state, revision, events }: TrackedStream) => ({ state, revision: revision + events.length });
    const { loadOptimistic } = this.#source;
    return new UnitOfWork({
      load: async (decider, id) => seen(await this.#touch(decider, id)) as never,
      ...(loadOptimistic
        ? {
            loadOptimistic: (decider, id) => {
              const known = this.#streams.get(streamName(decider.category, id));
              return (known ? seen(catchUp(known)) : loadOptimistic.call(this.#source, decider as never, id)) as
                StreamState<never> | undefined;
            },
          }
        : {}),
    });
  }

  /** Takes over what a fork of this work has decided; nothing else may have been decided since it was made. */
  absorb(fork: UnitOfWork): void {
    for (const [stream, touched] of fork.#streams) {
      const known = this.#streams.get(stream);
      if (known) known.events.push(...touched.events);
      else this.#streams.set(stream, { ...touched, events: [...touched.events] });
    }
  }

  #note(faults: readonly Fault[]): void {
    this.#faults.push(...faults.filter(({ field }) => !this.#faultyInput.has(field)));
  }

  async #touch<S, C extends Message, E extends Message>(
    decider: Decider<S, C, E>,
    id: string,
    creates = false,
  ): Promise<TrackedStream> {
    const stream = streamName(decider.category, id);
    const known = this.#streams.get(stream);
    if (known) return catchUp(known);
    const optimistic = creates ? this.#source.loadOptimistic?.(decider, id) : undefined;
    const { state, revision } = optimistic ?? (await this.#source.load(decider, id));
    const touched: TrackedStream = {
      decider: decider as unknown as Decider<unknown, Message, Message>,
      revision,
      state,
      applied: 0,
      events: [],
    };
    // Two reads of one stream may overlap; the first one to arrive counts.
    const meanwhile = this.#streams.get(stream);
    if (meanwhile) return catchUp(meanwhile);
    this.#streams.set(stream, touched);
    return touched;
  }
}

/** Shows a stream's own decisions in its state; the state that the source handed out is left as it is. */
function catchUp(touched: TrackedStream): TrackedStream {
  if (touched.applied === touched.events.length) return touched;
  if (touched.applied === 0 && !touched.decider.copies) touched.state = structuredClone(touched.state);
  for (const event of touched.events.slice(touched.applied)) {
    touched.state = evolve(touched.decider, touched.state, event);
  }
  touched.applied = touched.events.length;
  return touched;
}

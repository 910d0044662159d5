import type { Decider, Message, StreamState, StateSource } from '#kernel';
import { Conflict, evolve, streamName, UnitOfWork } from '#kernel';

/** A log in memory, for specs about units of work: nothing but messages by stream, folded whenever they are seen. */
export class Streams implements StateSource {
  readonly #streams = new Map<string, Message[]>();

  async load<S, C extends Message, E extends Message>(decider: Decider<S, C, E>, id: string): Promise<StreamState<S>> {
    const messages = this.of(decider, id);
    const state = structuredClone(messages).reduce((state, event) => evolve(decider, state, event), decider.initial());
    return { state, revision: messages.length - 1 };
  }

  /** The state of a stream. */
  async state<S, C extends Message, E extends Message>(decider: Decider<S, C, E>, id: string | number): Promise<S> {
    return (await this.load(decider, String(id))).state;
  }

  /** The messages of a stream. */
  of(decider: { readonly category: string }, id: string | number): readonly Message[] {
    return this.#streams.get(streamName(decider.category, id)) ?? [];
  }

  /** Puts messages behind those of a stream, whatever its decider would say to them. */
  put(decider: { readonly category: string }, id: string | number, ...events: readonly Message[]): void {
    this.#append(streamName(decider.category, id), events);
  }

  /**
   * Runs a task on a unit of work and appends what it decided.
   * @returns the streams written, each with the types of its new events
   * @throws Refusal; Conflict where a stream has moved since the task read it
   */
  async execute(task: (work: UnitOfWork) => Promise<unknown>): Promise<Record<string, string[]>> {
    const work = new UnitOfWork(this);
    await task(work);
    work.throwIfFaulted();
    const written = work.written();
    const seen = [...work.read(), ...written.map(({ stream, expected }) => ({ stream, revision: expected }))];
    const moved = seen.filter(({ stream, revision }) => (this.#streams.get(stream)?.length ?? 0) - 1 !== revision);
    if (moved.length > 0) throw new Conflict(moved.map(({ stream }) => stream));
    for (const { stream, events } of written) this.#append(stream, events);
    return Object.fromEntries(written.map(({ stream, events }) => [stream, events.map(({ type }) => type)]));
  }

  #append(stream: string, events: readonly Message[]): void {
    const stored = JSON.parse(JSON.stringify(events)) as Message[];
    this.#streams.set(stream, [...(this.#streams.get(stream) ?? []), ...stored]);
  }
}

import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import {
  ApiCatalogue,
  deletionsOf,
  Forbidden,
  may,
  modelNameOf,
  named,
  permissionFor,
  SecretSealing,
  usersOf,
} from '#api';
import { ALL_PARTS, Features, FIELDS } from '#event-sourcing';
import type { LoggedEvent, CommandResult, EventStore } from '#event-store';
import {
  CommandContext,
  CommandExecutor,
  EVENT_STORE,
  EventLog,
  NamedCommand,
  previewScope,
  UnitOfWorkHandler,
} from '#event-store';
import type { Refusal, UnitOfWork } from '#kernel';
import { categoryOf, Conflict, idOf, isSecretReference, refuse } from '#kernel';
import type { Key, ReadStore, View } from '#read-store';
import { decidedEvents, NotReady, READ_STORE } from '#read-store';
import { Erased, Secrets } from '#secrets';
import { RequestIndex } from '../request-index.ts';
import { eventsOfRequest } from './request-events.ts';
import { touchedStreams } from './touched-streams.ts';
import type { Touched } from './touched-streams.ts';

/** How long it waits for the read models to show that objects are being deleted. */
const TIMEOUT_MS = 10_000;

/** What became of one object. */
export interface UndoneObject {
  /** Path of its model. */
  readonly model: string;
  readonly id: string;
  /** `removed`: the request had created it; `created`: it had deleted it; `changed`: it is again as it was. */
  readonly outcome: 'removed' | 'created' | 'changed';
}

/** What undoing a request came to: the objects that are again as they were before it. */
export interface Undone {
  readonly request: string;
  readonly objects: readonly UndoneObject[];
}

/** Puts everything a request has changed back to what it was before, all of it or nothing. */
export class UndoRequest extends NamedCommand<Undone> {
  constructor(readonly request: string) {
    super();
  }

  override get isLarge(): boolean {
    return true;
  }
}

type Part = Touched & Pick<UndoneObject, 'outcome' | 'model'>;

/** What a request to be undone has written, and who asks for it. */
interface Found {
  readonly events: readonly LoggedEvent[];
  readonly context: CommandContext;
}

@CommandHandler(UndoRequest)
export class UndoRequestHandler extends UnitOfWorkHandler<UndoRequest, Found> {
  override readonly completesBySealing = true;
  readonly #log: EventLog;
  readonly #index: RequestIndex;
  readonly #sealing: SecretSealing;
  readonly #features: Features;
  readonly #secrets: Secrets;
  readonly #reads: ReadStore;
  readonly #catalogue: ApiCatalogue;
  readonly #executor: CommandExecutor;

  constructor(
    @Inject(EVENT_STORE) store: EventStore,
    @Inject(Features) features: Features,
    @Inject(Secrets) secrets: Secrets,
    @Inject(READ_STORE) reads: ReadStore,
    @Inject(ApiCatalogue) catalogue: ApiCatalogue,
    @Inject(CommandExecutor) executor: CommandExecutor,
    @Inject(RequestIndex) index: RequestIndex,
    @Inject(SecretSealing) sealing: SecretSealing,
  ) {
    super();
    this.#log = new EventLog(store, features.upcasters);
    this.#index = index;
    this.#sealing = sealing;
    this.#features = features;
    this.#secrets = secrets;
    this.#reads = reads;
    this.#catalogue = catalogue;
    this.#executor = executor;
  }

  /** Finds its events. @throws Refusal where it has written none */
  override async prepare({ request }: UndoRequest, context: CommandContext): Promise<Found> {
    const events = await eventsOfRequest(request, { index: this.#index, log: this.#log });
    if (events.length === 0) throw await this.#unknown(request);
    return { events, context };
  }

  /** Why a request is not found: it may be one that nobody has asked for. */
  async #unknown(request: string): Promise<Refusal> {
    const [cause = ''] = request.split('/');
    if (cause !== request) {
      const caused = await eventsOfRequest(cause, { index: this.#index, log: this.#log });
      if (caused.length > 0) {
        const instead = `it is what the server did because of request ${cause}: that is undone`;
        return refuse('request', 'NOT_UNDOABLE', `request ${request} cannot be undone by itself: ${instead}`);
      }
    }
    const what = `there is no request ${request} that somebody asked for and that changed anything`;
    const others = 'what the server does on its own (by system) and what agents report cannot be undone';
    return refuse('request', 'NOT_FOUND', `${what}; ${others}: change it back by a request of its own`);
  }

  /** Names of secrets may be declared again: what was written in clear text meanwhile is sealed. */
  override async complete(_: UndoRequest, undone: Undone, { events, context }: Found): Promise<Undone> {
    if (events.some(({ type }) => type === 'SecretNamesDeclared')) await this.#sealing.seal(context);
    return undone;
  }

  async decide(work: UnitOfWork, command: UndoRequest, context: CommandContext, { events }: Found): Promise<Undone> {
    const objects = await this.#undo(work, command, context, events);
    return {
      request: command.request,
      objects: objects.map(({ model, id, outcome }) => ({ model, id, outcome })),
    };
  }

  /**
   * What goes is closed first, so that nobody new can refer to it while it is looked whether somebody does: an append of
   * its own, taken back where the request cannot be undone after all. Everything else is one append.
   */
  override async execute(command: UndoRequest): Promise<CommandResult<Undone>> {
    const given = CommandContext.from(command);
    const { events } = await this.prepare(command, given);
    const context = causedBy(given, command, events);
    const { value: gone } = await this.#executor.preview(async (work) =>
      (await this.#undo(work, command, context, events)).filter(
        ({ rule, outcome }) => outcome === 'removed' && rule.closing,
      ),
    );
    const step = (name: string, which: 'close' | 'reopen') =>
      this.#executor.execute(
        { ...context.metadata, request: `${context.metadata.request}/${name}`, command: command.commandName },
        async (work) => {
          for (const { rule, id } of gone) {
            await work.decide(rule.decider as never, id, rule.closing![which] as never);
          }
        },
        { large: true },
      );
    const run = async (): Promise<CommandResult<Undone>> => {
      const { value, ...done } = await this.runner.run([command], context);
      return { ...done, value: value[0] as Undone };
    };
    if (gone.length === 0) return run();
    const { position } = await step('close', 'close');
    try {
      if (position !== undefined && !(await this.#reads.projector.caughtUp(position, TIMEOUT_MS))) {
        throw new NotReady('the read models are late');
      }
      return await run();
    } catch (error) {
      await step('reopen', 'reopen');
      throw error;
    }
  }

  async #undo(
    work: UnitOfWork,
    { request }: UndoRequest,
    context: CommandContext,
    events: readonly LoggedEvent[],
  ): Promise<Part[]> {
    const rules = new Map(this.#features.undo.map((rule) => [rule.category, rule]));
    const undoing = context.metadata.request;
    const touched = await touchedStreams(events, { log: this.#log, rules, request, undoing });
    const objects: Part[] = [];
    for (const one of touched) {
      const { rule, stream, id, parts } = one;
      if (noteHindrances(work, one) || parts.size === 0 || !rule.undo) continue;
      const now = await work.load(rule.decider as never, id);
      checkRevision(work, one);
      await told(work, one, async () => rule.undo?.(work, { ...one, now: context.now } as never));
      const { exists } = rule;
      if (
        !exists ||
        !(parts.has(ALL_PARTS) || parts.has(FIELDS)) ||
        !work.written().some((written) => written.stream === stream)
      )
        continue;
      const outcome = !exists(one.before) ? 'removed' : exists(now) ? 'changed' : 'created';
      const model = rule.kindOf?.(exists(now) ? now : one.before) ?? rule.model!;
      this.#authorize(context, model, outcome);
      objects.push({ ...one, outcome, model });
      if (outcome === 'removed') this.#foretell(one, context);
    }
    work.throwIfFaulted();
    await this.#check(work, touched, objects, context);
    work.throwIfFaulted();
    return objects;
  }

  /** Within a preview, what is removed is closed before that is committed, and looked for users again. */
  #foretell({ rule, id }: Touched, context: CommandContext): void {
    const scope = previewScope();
    const model = scope && rule.model !== undefined ? this.#catalogue.whole.model(rule.model) : undefined;
    if (scope && rule.closing && model?.deletion) scope.deletes(model.deletion.command([keyOf(rule, id)]), context);
  }

  /** Notes what does not fit what there is by now. */
  async #check(
    work: UnitOfWork,
    touched: readonly Touched[],
    objects: readonly Part[],
    { now, metadata: { actor } }: CommandContext,
  ): Promise<void> {
    for (const one of touched) await told(work, one, async () => one.rule.check?.(work, one.id));
    const view = this.#reads.fork(decidedEvents(work, { at: now, actor }));
    for (const { rule, id } of objects.filter(({ outcome }) => outcome === 'removed')) {
      const key = keyOf(rule, id);
      const users = await usersOf(this.#catalogue.whole, rule.model!, [key], view);
      users.push(...((await rule.uses?.(view, key)) ?? []), ...(await this.#letGo(work, rule, key, view)));
      if (users.length > 0) work.fault('', 'IN_USE', `${nameOf({ rule, id })} is used by ${named(users)}`);
    }
    for (const { stream, events } of work.written()) {
      for (const id of events.flatMap(({ data }) => secretsIn(data))) {
        if (!(await this.#isThere(id))) work.fault('', 'SECRET_ERASED', `a secret in ${stream} has been erased since`);
      }
    }
  }

  /** What would have to let go of an object that is removed. */
  async #letGo(work: UnitOfWork, { model }: Touched['rule'], key: Key, view: View): Promise<string[]> {
    const fork = work.fork();
    for (const { release } of deletionsOf(this.#catalogue.whole, model!)) await release?.(fork, view, key);
    return fork.written().map(({ stream }) => `${categoryOf(stream)} ${idOf(stream)}`);
  }

  async #isThere(id: string): Promise<boolean> {
    try {
      await this.#secrets.read({ $secret: id });
      return true;
    } catch (error) {
      if (error instanceof Erased) return false;
      throw error;
    }
  }

  /** Undoing needs what the opposite change would. @throws Forbidden */
  #authorize({ caller }: CommandContext, path: string, outcome: UndoneObject['outcome']): void {
    const model = this.#catalogue.whole.model(path);
    if (!caller || !model) return;
    const verb = ({ removed: 'delete', created: 'add', changed: 'change' } as const)[outcome];
    const permission = permissionFor(model, verb);
    if (may(caller, permission)) return;
    const grant = typeof permission === 'string' ? permission : permission.grant;
    throw new Forbidden(`undoing this request needs the permission ${grant}`);
  }
}

/** The context of an undoing: it says which request it undoes, and by which event that began. */
function causedBy(context: CommandContext, { request }: UndoRequest, [first]: readonly LoggedEvent[]): CommandContext {
  const { metadata, caller, now, faults, lastFaults, preconditions } = context;
  const reason = metadata.reason ?? `undo of request ${request}`;
  return new CommandContext({
    metadata: { ...metadata, reason, ...(first ? { causation: first.eventId } : {}) },
    ...(caller ? { caller } : {}),
    now,
    faults,
    lastFaults,
    preconditions,
  });
}

/** Notes why a stream cannot be put back, each reason once. @returns whether there is one */
function noteHindrances(work: UnitOfWork, touched: Touched): boolean {
  for (const [type, why] of touched.instead) {
    work.fault('', 'NOT_UNDOABLE', `${type} of ${nameOf(touched)} cannot be undone: ${why}`);
  }
  const { inTheWay, countInTheWay, instead } = touched;
  if (countInTheWay === 0) return instead.size > 0;
  const shown = inTheWay.map(({ type, actor, at, request }) => `${type} by ${actor} at ${at} (request ${request})`);
  const rest = countInTheWay > shown.length ? `, and ${countInTheWay - shown.length} before` : '';
  work.fault('', 'CHANGED_SINCE', `${nameOf(touched)} has changed since: ${shown.join(', ')}${rest}`);
  return true;
}

const keyOf = ({ rows }: Touched['rule'], id: string): Key => (rows?.key === 'integer' ? Number(id) : id);

const nameOf = ({ rule: { model, category }, id }: Pick<Touched, 'rule' | 'id'>): string =>
  `${model === undefined ? category : modelNameOf(model)} ${id}`;

/** Does a part of the work; what is wrong is noted with the name of the object. */
async function told(work: UnitOfWork, of: Touched, part: () => Promise<unknown>): Promise<void> {
  for (const { code, text } of await work.faultsOf(part)) work.fault('', code, `${nameOf(of)}: ${text}`);
}

/** What was looked at has to be what the work rests on; in a preview that may be ahead of the log. @throws Conflict */
function checkRevision(work: UnitOfWork, { stream, revision }: Touched): void {
  if (previewScope()) return;
  const read = work.read().find((one) => one.stream === stream)?.revision;
  const written = work.written().find((one) => one.stream === stream)?.expected;
  if ((read ?? written) !== revision) throw new Conflict([stream]);
}

/** The ids of the secrets that a value refers to, at any depth. */
function secretsIn(value: unknown): string[] {
  if (isSecretReference(value)) return [value.$secret];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
}

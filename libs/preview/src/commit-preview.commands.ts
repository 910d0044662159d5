import { Inject } from '@nestjs/common';
import type { ICommandHandler } from '@nestjs/cqrs';
import { CommandHandler } from '@nestjs/cqrs';
import { DeletionRegistry, notDeletable, SecretSealing } from '#api';
import { Features } from '#event-sourcing';
import type { CommandResult, EventStore, Position } from '#event-store';
import {
  AppendRefused,
  CommandContext,
  CommandExecutor,
  currentVersion,
  EVENT_STORE,
  NamedCommand,
} from '#event-store';
import type { CommandMetadata, JsonMap, UnitOfWork } from '#kernel';
import { categoryOf, Conflict, Refusal, refuse } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { decidedEvents, forkView, NotReady, READ_STORE } from '#read-store';
import { adoptAll, throwIfChanged } from './adopt.ts';
import { checkCommitter, findPreview } from './find-preview.ts';
import type { Decided } from './decided.ts';
import { digestOf, lookedAt, readDecided } from './decided.ts';
import type { KeptPreview } from './preview-ledger.ts';
import { PreviewLedger } from './preview-ledger.ts';
import type { Doomed } from './doomed.ts';
import { doomedOf, reopen } from './doomed.ts';
import type { PreviewState } from './preview.ts';
import { preview } from './preview.ts';

/** How long it waits for the read models to show the log. */
const TIMEOUT_MS = 10_000;

/** Appends exactly what a preview has shown, or refuses; results in what was appended. */
export class CommitPreview extends NamedCommand<JsonMap> {
  constructor(readonly id: string) {
    super();
  }
}

/** A commit under way. */
interface Commit {
  readonly kept: KeptPreview;
  readonly decided: Decided;
  readonly digest: string;
  readonly metadata: CommandMetadata;
  /** When it is committed, ISO 8601. */
  readonly now: string;
}

@CommandHandler(CommitPreview)
export class CommitPreviewHandler implements ICommandHandler<CommitPreview> {
  @Inject(CommandExecutor) protected readonly executor!: CommandExecutor;
  @Inject(READ_STORE) protected readonly reads!: ReadStore;
  @Inject(EVENT_STORE) protected readonly store!: EventStore;
  @Inject(Features) protected readonly features!: Features;
  @Inject(DeletionRegistry) protected readonly deletions!: DeletionRegistry;
  @Inject(SecretSealing) protected readonly sealing!: SecretSealing;
  @Inject(PreviewLedger) protected readonly ledger!: PreviewLedger;

  /** @throws Refusal naming what has changed since; Forbidden; NotReady */
  async execute(command: CommitPreview): Promise<CommandResult<JsonMap>> {
    const context = CommandContext.from(command);
    const kept = await findPreview(this.ledger, command.id);
    const decided = readDecided(kept.decided);
    const digest = digestOf(kept.decided);
    checkCommitter(context.caller, kept, decided);
    const state = await this.#stateOf(kept.id);
    if (state.stage === 'committed') return answer(kept, await this.store.head());
    checkApproved(kept, state, digest);
    this.#checkVersions(decided);
    const commit: Commit = {
      kept,
      decided,
      digest,
      metadata: metadataOf(kept, decided, state, context),
      now: context.now,
    };
    if (!(await this.ledger.beginCommit(kept.id))) throw refuse('id', 'NOT_FOUND', 'the preview has expired');
    let position: Position | undefined;
    try {
      position = await this.#append(commit);
    } catch (error) {
      if (isRefused(error)) await this.ledger.endCommit(kept.id);
      throw error;
    }
    await this.ledger.committed(kept.id);
    // What was written in clear text before the names of secrets were declared is sealed before the answer.
    if (decided.writes.some(({ stream }) => categoryOf(stream) === 'secretNames')) {
      await this.sealing.seal(new CommandContext({ metadata: commit.metadata, now: context.now }));
    }
    return answer(kept, position ?? (await this.store.head()));
  }

  async #stateOf(id: string): Promise<PreviewState> {
    return (await this.executor.preview((work) => work.load(preview, id))).value;
  }

  /** Another version of the server may write the same events otherwise. */
  #checkVersions({ writes }: Decided): void {
    const { upcasters } = this.features;
    const other = writes.flatMap(({ events }) => events).find(({ type, v }) => v !== currentVersion(upcasters, type));
    if (other) throw refuse('', 'CHANGED', `the server writes ${other.type} otherwise since then; preview it again`);
  }

  async #append(commit: Commit): Promise<Position | undefined> {
    const doomed = doomedOf(commit.decided, this.deletions);
    const closes = commit.decided.writes.some(({ closing }) => closing > 0);
    if (!closes) return this.#appendRest(commit);
    const closed = await this.#close(commit);
    try {
      await this.#lookForUsers(commit, doomed, closed);
      return await this.#appendRest(commit);
    } catch (error) {
      if (isRefused(error) && (await this.#stateOf(commit.kept.id)).stage === 'committing') {
        await reopen(this.executor, doomed, commit.kept.id, error.message);
      }
      throw error;
    }
  }

  /** Closes what is deleted, so that nobody new refers to it. */
  async #close({ kept: { id }, decided, metadata, now }: Commit): Promise<Position | undefined> {
    const close = async (work: UnitOfWork): Promise<void> => {
      if ((await work.load(preview, id)).stage === 'committing') return;
      const changed = await adoptAll(work, decided, this.features, 'closing', now);
      throwIfChanged([...changed, ...(await this.#changedRows(decided))]);
      await work.decide(preview, id, { type: 'BeginPreviewCommit', data: {} });
    };
    const { position } = await this.executor.execute({ ...metadata, request: `${id}/close` }, close, {
      large: decided.large,
    });
    return position;
  }

  /** @throws Refusal where somebody has come to use what is deleted; NotReady */
  async #lookForUsers(
    { decided, now }: Commit,
    doomed: readonly Doomed[],
    closed: Position | undefined,
  ): Promise<void> {
    const { projector } = this.reads;
    const { value: events } = await this.executor.preview(async (work) => {
      throwIfChanged(await adoptAll(work, decided, this.features, 'rest', now));
      return decidedEvents(work, { at: '', actor: '' });
    });
    if (!(await projector.caughtUp(closed ?? (await this.store.head()), TIMEOUT_MS))) {
      throw new NotReady('the read models are late');
    }
    const view = forkView(this.reads.now, events);
    const used: string[] = [];
    for (const { handler, keys } of doomed) used.push(...(await handler.usersOf(keys, view)));
    if (used.length > 0) throw notDeletable(used);
  }

  async #appendRest({ kept: { id }, decided, digest, metadata, now }: Commit): Promise<Position | undefined> {
    const append = async (work: UnitOfWork): Promise<void> => {
      if ((await work.fork().load(preview, id)).stage === 'committed') return;
      const changed = await adoptAll(work, decided, this.features, 'rest', now);
      throwIfChanged([...changed, ...(await this.#changedRows(decided))]);
      await work.decide(preview, id, { type: 'CommitPreview', data: { by: metadata.actor, digest } });
    };
    return (await this.executor.execute(metadata, append, { large: decided.large })).position;
  }

  /** The rows that preconditions have looked at and that are otherwise now, as objects of the API. */
  async #changedRows({ rows }: Decided): Promise<readonly string[]> {
    if (rows.length === 0) return [];
    const { projector, now: base } = this.reads;
    if (!(await projector.caughtUp(await this.store.head(), TIMEOUT_MS)))
      throw new NotReady('the read models are late');
    const table = ({ rows: name, key }: { readonly rows: string; readonly key: Key }): string => `${name} ${key}`;
    const models = this.features.readModels;
    const now = new Map((await lookedAt(rows, { models, base })).map((one) => [table(one), one.since]));
    return rows.filter((one) => now.get(table(one)) !== one.since).map(({ model, key }) => `${model} ${key}`);
  }
}

const answer = ({ id, events }: KeptPreview, position: Position): CommandResult<JsonMap> => ({
  value: { id, request: id, position: Number(position), events },
  position,
});

const isRefused = (error: unknown): error is Error =>
  error instanceof Refusal || error instanceof Conflict || error instanceof AppendRefused;

/** @throws Refusal where it is over, or a second person's yes is still to come */
function checkApproved({ needsApproval }: KeptPreview, { stage, approved }: PreviewState, digest: string): void {
  if (stage === 'rejected' || stage === 'failed')
    throw refuse('', 'PREVIEW_OVER', `the preview is over: it is ${stage}`);
  if (!needsApproval || approved?.digest === digest) return;
  throw refuse('', 'APPROVAL_REQUIRED', 'somebody else has to approve of this preview before it is committed');
}

/** What the events say of who has asked for them, and why. */
function metadataOf(
  { id, by, reason }: KeptPreview,
  { command }: Decided,
  { approved }: PreviewState,
  { metadata }: CommandContext,
): CommandMetadata {
  const { actor } = metadata;
  const words = [
    metadata.reason ?? reason ?? '',
    by === actor ? '' : `previewed by ${by}`,
    approved ? `approved by ${approved.by}${approved.reason === '' ? '' : `: ${approved.reason}`}` : '',
  ].filter((part) => part !== '');
  return { actor, request: id, correlation: id, command, ...(words.length > 0 ? { reason: words.join('; ') } : {}) };
}

import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import { boundTo, ChangeCommand, checkPattern, CreateCommand, DeleteCommand, deleteHandler, given } from '#api';
import { blueprints } from '#blueprint';
import type { Clock, CommandContext } from '#event-store';
import { CLOCK, NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { Caller, UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import type { Key, ReadStore } from '#read-store';
import { READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import { siteFor } from '#site';
import { isKindPattern, matchesKind } from './kind-patterns.ts';
import { PUBLIC_KINDS } from './public-kinds.ts';
import { sealedHeaders } from './sealed-headers.ts';
import { newSigningKey } from './signature.ts';
import type { subscriptionFields } from './subscription.api.ts';
import type { Subscription } from './subscription.ts';
import { subscription } from './subscription.ts';
import { subscriptions } from './subscriptions.ts';
import { checkProxy, checkUrl } from './targets.ts';

/** How many subscriptions there may be. */
export const MAX_SUBSCRIPTIONS = 100;
/** How many patterns of kinds one may have. */
export const MAX_PATTERNS = 100;
/** How long deliveries are signed by the old key too, in milliseconds. */
export const OLD_KEY_MS = 24 * 3_600_000;

type Fields = typeof subscriptionFields;

/** Makes a subscription; the signing key is told in the answer alone. */
export class CreateSubscription extends CreateCommand<NewValues<Fields>> {
  /** The key, once it was made. */
  signingKey: string | undefined;

  override get notPreviewable(): string {
    return KEY_IS_TOLD_ONCE;
  }
}
export class ChangeSubscription extends ChangeCommand<ChangedValues<Fields>> {}
export class DeleteSubscription extends DeleteCommand {}

/** Gives a subscription a new signing key, which is the result and is shown only now. */
export class RenewSigningKey extends NamedCommand<string> {
  constructor(readonly key: Key) {
    super();
  }

  override get notPreviewable(): string {
    return KEY_IS_TOLD_ONCE;
  }
}

/** Who commits a preview is not told what the requests in it would have answered. */
const KEY_IS_TOLD_ONCE = 'its answer holds a key that is shown once';

const ownerOf = (name: Key): string => `Subscription ${name}`;
const keyOwner = (name: Key): string => `${ownerOf(name)} signing key`;

function checkKinds(work: UnitOfWork, kinds: readonly string[]): void {
  if (kinds.length === 0) work.fault('kinds', 'REQUIRED', 'must name a kind at least; * names all');
  if (kinds.length > MAX_PATTERNS)
    work.fault('kinds', 'TOO_MANY', `must be at most ${MAX_PATTERNS}, not ${kinds.length}`);
  for (const pattern of kinds) {
    const known = isKindPattern(pattern) && PUBLIC_KINDS.some((kind) => matchesKind(pattern, kind));
    if (known) continue;
    const rule = 'must be kinds such as foundation.built, or patterns such as foundation.*, *.deleted or *';
    work.fault('kinds', 'UNKNOWN', `${rule}; none is meant by ${JSON.stringify(pattern)}`);
  }
}

/** Notes what is wrong with a selection. Who is bound to sites is told of these alone. */
async function checkSelection(
  work: UnitOfWork,
  { site, blueprint }: Pick<Subscription, 'site' | 'blueprint'>,
  { reads, caller }: { readonly reads: ReadStore; readonly caller: Caller | undefined },
): Promise<void> {
  await siteFor(work, 'site', site);
  if (site === null && caller && boundTo(caller)) {
    work.fault('site', 'REQUIRED', 'who is bound to sites has to name one of them');
  }
  if (blueprint !== null && !(await reads.now.get(blueprints, blueprint))) {
    work.fault('blueprint', 'INVALID_VALUE', `there is no blueprint ${blueprint}`);
  }
}

function checkExpiry(work: UnitOfWork, expires: string | null, now: string): void {
  if (expires !== null && Date.parse(expires) <= Date.parse(now)) {
    work.fault('expires', 'RANGE', `must be in the future, not ${expires}`);
  }
}

/** What is made for a new subscription before it is decided. */
interface Prepared {
  readonly token: string;
  readonly signingKey: string;
}

@CommandHandler(CreateSubscription)
class CreateSubscriptionHandler extends UnitOfWorkHandler<CreateSubscription, Prepared> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  override async prepare(): Promise<Prepared> {
    return { token: randomUUID(), signingKey: newSigningKey() };
  }

  async decide(
    work: UnitOfWork,
    command: CreateSubscription,
    context: CommandContext,
    { token, signingKey }: Prepared,
  ) {
    const { name, url, kinds, site, blueprint, proxy, expires, headers, enabled, description } = command.values;
    const { now, caller, metadata } = context;
    const { secrets, reads } = this;
    const { request } = metadata;
    checkPattern(work, 'name', name, 'Invalid');
    checkUrl(work, 'url', url);
    checkProxy(work, proxy);
    checkKinds(work, kinds);
    checkExpiry(work, expires, now);
    await checkSelection(work, { site, blueprint }, { reads, caller });
    if ((await reads.now.keys(subscriptions, { count: 1 })).total >= MAX_SUBSCRIPTIONS) {
      work.fault('', 'TOO_MANY', `there can be ${MAX_SUBSCRIPTIONS} subscriptions at most`);
    }
    const kept = await sealedHeaders(work, headers ?? {}, { owner: ownerOf(name), secrets, request });
    work.throwIfFaulted();
    await work.decide(subscription, name, {
      type: 'DefineSubscription',
      data: {
        token,
        description: description ?? '',
        url,
        kinds,
        site,
        blueprint,
        proxy,
        expires,
        headers: kept,
        enabled: enabled ?? true,
        key: await secrets.keep(signingKey, keyOwner(name), request),
        oldKey: null,
        oldKeyUntil: null,
      },
    });
    return name;
  }

  override async complete(command: CreateSubscription, name: string, { token, signingKey }: Prepared): Promise<string> {
    const row = await this.reads.now.get(subscriptions, name);
    // Where the request came again, the key of the first time was shown.
    command.signingKey = row && row.token !== token ? undefined : signingKey;
    return name;
  }
}

@CommandHandler(ChangeSubscription)
class ChangeSubscriptionHandler extends UnitOfWorkHandler<ChangeSubscription> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(READ_STORE) private readonly reads: ReadStore,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { key: name, values }: ChangeSubscription, { now, caller, metadata }: CommandContext) {
    const found = await work.load(subscription, name);
    const before = 'value' in found ? found.value : undefined;
    const { url, kinds, site, blueprint, proxy, expires, headers, enabled, description } = values;
    if (url !== undefined) checkUrl(work, 'url', url);
    if (proxy !== undefined) checkProxy(work, proxy);
    if (kinds !== undefined) checkKinds(work, kinds);
    if (expires !== undefined && expires !== before?.expires) checkExpiry(work, expires, now);
    const selection = { site: site === undefined ? (before?.site ?? null) : site, blueprint: blueprint ?? null };
    if (before) await checkSelection(work, selection, { reads: this.reads, caller });
    const sealing = { owner: ownerOf(name), secrets: this.secrets, request: metadata.request };
    const kept = headers === undefined ? undefined : await sealedHeaders(work, headers ?? {}, sealing, before?.headers);
    const data = given({
      description: description === null ? '' : description,
      url,
      kinds,
      site,
      blueprint,
      proxy,
      expires,
      headers: kept,
      enabled: enabled === null ? true : enabled,
    });
    await work.decide(subscription, name, { type: 'ChangeSubscription', data });
  }
}

@CommandHandler(RenewSigningKey)
class RenewSigningKeyHandler extends UnitOfWorkHandler<RenewSigningKey, string> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    super();
  }

  override async prepare(): Promise<string> {
    return newSigningKey();
  }

  async decide(work: UnitOfWork, { key: name }: RenewSigningKey, { metadata }: CommandContext, signingKey: string) {
    const found = await work.load(subscription, name);
    if (found.stage !== 'active') throw refuse('', 'NOT_FOUND', 'Subscription does not exist');
    const key = await this.secrets.keep(signingKey, keyOwner(name), metadata.request);
    const oldKeyUntil = new Date(this.clock.millis() + OLD_KEY_MS).toISOString();
    await work.decide(subscription, name, {
      type: 'ChangeSubscription',
      data: { key, oldKey: found.value.key, oldKeyUntil },
    });
    return key.$secret;
  }

  override async complete(_: RenewSigningKey, kept: string, signingKey: string): Promise<string> {
    if (!(await this.secrets.holds({ $secret: kept }, signingKey))) {
      throw refuse('', 'SHOWN_ONCE', 'The key was shown already; ask for a new one.');
    }
    return signingKey;
  }
}

export const subscriptionHandlers = [
  CreateSubscriptionHandler,
  ChangeSubscriptionHandler,
  RenewSigningKeyHandler,
  deleteHandler(DeleteSubscription, 'PostOffice/Subscription', subscription),
];

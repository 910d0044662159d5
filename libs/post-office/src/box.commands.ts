import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, CreateCommand, DeleteCommand, deleteHandler, given } from '#api';
import { foundationFor, structureFor } from '#building';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import { Ids } from '#read-store';
import { Secrets } from '#secrets';
import type { boxFields } from './box.api.ts';
import type { Box, BoxKind } from './box.ts';
import { box } from './box.ts';
import { sealedMap } from './sealed-map.ts';
import { checkProxy, checkUrl } from './targets.ts';

/** A box that is no one-shot ends at most so many hours after now. */
export const MAX_HOURS = 96;
const HOUR_MS = 3_600_000;

type New = NewValues<typeof boxFields>;
type Changes = ChangedValues<typeof boxFields>;

/** Makes a box for a foundation or structure. */
export class CreateBox extends CreateCommand<New, number> {
  constructor(
    readonly kind: BoxKind,
    readonly target: Key | null,
    values: New,
  ) {
    super(values);
  }
}

/** Changes those fields of a box that are given. */
export class ChangeBox extends ChangeCommand<Changes> {
  constructor(
    key: Key,
    /** Another target; undefined: it stays. */
    readonly target: Key | null | undefined,
    values: Changes,
  ) {
    super(key, values);
  }
}
export class DeleteFoundationBox extends DeleteCommand {}
export class DeleteStructureBox extends DeleteCommand {}

/** Lets a box end some hours later. */
export class ExtendBox extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly hours: number | null,
  ) {
    super();
  }
}

async function checkTarget(work: UnitOfWork, kind: BoxKind, target: Key | null): Promise<void> {
  const field = kind.toLowerCase();
  if (target === null) return;
  if (kind === 'Foundation') await foundationFor(work, field, String(target));
  else await structureFor(work, field, Number(target));
}

/** Notes where a box ends too early, too late, or never. @param now ISO 8601 */
function checkExpiry(work: UnitOfWork, { oneShot, expires }: Pick<Box, 'oneShot' | 'expires'>, now: string): void {
  if (expires === null) {
    if (!oneShot) work.fault('expires', 'REQUIRED', 'required when not one_shot');
    return;
  }
  const ahead = Date.parse(expires) - Date.parse(now);
  if (ahead <= 0 || ahead > MAX_HOURS * HOUR_MS) {
    work.fault('expires', 'RANGE', `must be in the future, and at most ${MAX_HOURS} hours from now, not ${expires}`);
  }
}

/** An empty text stands for no proxy, as it always did. */
const proxyFrom = (proxy: string | null): string | null => (proxy === '' ? null : proxy);

@CommandHandler(CreateBox)
class CreateBoxHandler extends UnitOfWorkHandler<CreateBox> {
  constructor(
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Ids) private readonly ids: Ids,
  ) {
    super();
  }

  async decide(work: UnitOfWork, { kind, target, values }: CreateBox, { now, metadata }: CommandContext) {
    const { url, type, one_shot: shot, expires, extra_data: extra } = values;
    const proxy = proxyFrom(values.proxy);
    const oneShot = shot ?? true;
    await checkTarget(work, kind, target);
    checkUrl(work, 'url', url);
    checkProxy(work, proxy);
    checkExpiry(work, { oneShot, expires }, now);
    work.throwIfFaulted();
    const id = await this.ids.next('box');
    const { request } = metadata;
    const sealing = { secrets: this.secrets, owner: `Box ${id}`, request };
    const extraData = await sealedMap({ work, field: 'extra_data', sealing }, extra ?? {});
    const data = { kind, target: String(target), url, proxy, type, oneShot, extraData, expires } as const;
    await work.decide(box, id, { type: 'DefineBox', data });
    return id;
  }
}

@CommandHandler(ChangeBox)
class ChangeBoxHandler extends UnitOfWorkHandler<ChangeBox> {
  constructor(@Inject(Secrets) private readonly secrets: Secrets) {
    super();
  }

  async decide(work: UnitOfWork, { key, target, values }: ChangeBox, { now, metadata }: CommandContext) {
    const found = await work.load(box, key);
    const before = 'value' in found ? found.value : undefined;
    const { url, type, one_shot: shot, expires, extra_data: extra } = values;
    const proxy = values.proxy === undefined ? undefined : proxyFrom(values.proxy);
    const oneShot = shot === null ? true : shot;
    if (before && target !== undefined) await checkTarget(work, before.kind, target);
    if (url !== undefined) checkUrl(work, 'url', url);
    if (proxy !== undefined) checkProxy(work, proxy);
    const sealing = { secrets: this.secrets, owner: `Box ${key}`, request: metadata.request };
    const changes = given({
      target: target === undefined ? undefined : String(target),
      url,
      proxy,
      type,
      oneShot,
      expires,
      extraData:
        extra === undefined
          ? undefined
          : await sealedMap({ work, field: 'extra_data', sealing }, extra ?? {}, before?.extraData),
    });
    // Clients send back all fields; an end that stays as it is has been looked at before.
    const whole = before && { ...before, ...changes };
    if (whole && (whole.expires !== before.expires || whole.oneShot !== before.oneShot)) checkExpiry(work, whole, now);
    await work.decide(box, key, { type: 'ChangeBox', data: changes });
  }
}

@CommandHandler(ExtendBox)
class ExtendBoxHandler extends UnitOfWorkHandler<ExtendBox> {
  async decide(work: UnitOfWork, { key, hours }: ExtendBox, { now }: CommandContext): Promise<void> {
    const found = await work.load(box, key);
    const before = 'value' in found ? found.value : undefined;
    if (hours === null || !Number.isInteger(hours) || hours < 1) {
      return work.fault('additional_hours', 'RANGE', `must be a whole number of at least 1, not ${hours}`);
    }
    if (!before || before.expires === null) return work.fault('', 'NO_EXPIRY', 'the box has no end to be put off');
    const expires = new Date(Date.parse(before.expires) + hours * HOUR_MS).toISOString().replace('Z', '000+00:00');
    checkExpiry(work, { ...before, expires }, now);
    await work.decide(box, key, { type: 'ChangeBox', data: { expires } });
  }
}

export const boxHandlers = [
  CreateBoxHandler,
  ChangeBoxHandler,
  ExtendBoxHandler,
  deleteHandler(DeleteFoundationBox, 'PostOffice/FoundationBox', box),
  deleteHandler(DeleteStructureBox, 'PostOffice/StructureBox', box),
];

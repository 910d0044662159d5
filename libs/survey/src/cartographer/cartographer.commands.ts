import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { DeleteCommand, deleteUnreferencedHandler, isAddressable, NotFound } from '#api';
import { choosePxe, foundation, foundationFor, whyNotLocated } from '#building';
import type { CommandContext } from '#event-store';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { JsonMap, UnitOfWork } from '#kernel';
import { refuse, writeJson } from '#kernel';
import type { ServerHalf } from '#platform';
import { PLATFORMS } from '#platform';
import type { Key, ReadStore } from '#read-store';
import { Ids, READ_STORE } from '#read-store';
import { Secrets } from '#secrets';
import { byRule } from '../intake/by-rule.ts';
import { attach, bootstraps, MAX_MESSAGE, shortened } from './attach.ts';
import { cartographer, isThere } from './cartographer.ts';
import { makeRoom } from './make-room.ts';
import { recognise } from './recognise.ts';
import { registered } from './registered.ts';
import { sharedMac } from './shared-mac.ts';

/** The longest identifier, and the longest report as JSON, in characters. */
const MAX_IDENTIFIER = 64;
const MAX_REPORT = 512 * 1024;

/** What a machine is told that asks which foundation it is. */
export interface LookupAnswer {
  /** How it was found; null: it was not. */
  readonly matched_by: string | null;
  readonly locator?: string;
  /** Why it was not found. */
  readonly message?: string;
}

/** A machine in the boot image says that it is there. */
export class RegisterCartographer extends NamedCommand<null> {
  constructor(readonly identifier: string | null) {
    super();
  }
}

/** A machine reports what it is, and asks which foundation that makes it. */
export class LookUpMachine extends NamedCommand<LookupAnswer> {
  constructor(
    readonly key: Key,
    readonly infoMap: JsonMap | null,
  ) {
    super();
  }
}

/** A person says which foundation a machine is. */
export class AssignFoundation extends NamedCommand<null> {
  constructor(
    readonly key: Key,
    readonly foundation: string | null,
  ) {
    super();
  }
}

/** A machine tells how far it is. */
export class SetMessage extends NamedCommand<null> {
  constructor(
    readonly key: Key,
    readonly message: string | null,
  ) {
    super();
  }
}

/** A machine has told everything: its foundation is located. One that is done already may say so again. */
export class FinishSurvey extends NamedCommand<null> {
  constructor(readonly key: Key) {
    super();
  }
}

export class DeleteCartographer extends DeleteCommand {}

/** A text of a machine that is there and not too long. @throws Refusal */
function textOf(field: string, text: string | null, most: number): string {
  if (text === null || text === '') throw refuse(field, 'BLANK', 'This field cannot be blank.');
  const { length } = Array.from(text);
  if (length > most) throw refuse(field, 'TOO_LONG', `must be at most ${most} characters long, and has ${length}`);
  return text;
}

@CommandHandler(RegisterCartographer)
class RegisterCartographerHandler extends UnitOfWorkHandler<RegisterCartographer> {
  @Inject(READ_STORE) private readonly reads!: ReadStore;

  async decide(work: UnitOfWork, command: RegisterCartographer, { now }: CommandContext) {
    const identifier = textOf('identifier', command.identifier, MAX_IDENTIFIER);
    if (!isAddressable(identifier)) {
      const rule = "must be of letters, digits and the characters - _ . ! ~ * '";
      throw refuse('identifier', 'PATTERN', `"${identifier}" ${rule}`);
    }
    if (!isThere(await work.load(cartographer, identifier))) await makeRoom(work, this.reads.now, now);
    await work.decide(cartographer, identifier, { type: 'RegisterCartographer', data: {} });
    return null;
  }
}

@CommandHandler(LookUpMachine)
class LookUpMachineHandler extends UnitOfWorkHandler<LookUpMachine> {
  @Inject(READ_STORE) private readonly reads!: ReadStore;
  @Inject(PLATFORMS) private readonly platforms!: readonly ServerHalf[];
  @Inject(Ids) private readonly ids!: Ids;
  @Inject(Secrets) private readonly secrets!: Secrets;

  async decide(
    work: UnitOfWork,
    { key, infoMap }: LookUpMachine,
    { now, metadata: { request } }: CommandContext,
  ): Promise<LookupAnswer> {
    const identifier = String(key);
    const state = await registered(work, identifier);
    const { length } = writeJson(infoMap ?? {});
    if (length > MAX_REPORT) {
      throw refuse('info_map', 'TOO_LONG', `must be at most ${MAX_REPORT} characters long as JSON, and has ${length}`);
    }
    const checkIn = (message?: string) =>
      work.decide(cartographer, identifier, {
        type: 'CheckIn',
        data: { infoMap, at: now, ...(message === undefined ? {} : { message: shortened(message) }) },
      });
    if (state.foundation !== null) {
      await bootstraps(work, state.foundation);
      const shared = await sharedMac(this.reads.now, state.foundation, infoMap);
      await checkIn(shared === '' ? undefined : `This is "${state.foundation}"${shared}`);
      return { matched_by: 'Pre-Set', locator: state.foundation };
    }
    const machine = { identifier, infoMap: infoMap ?? {} };
    const { platforms, ids, secrets } = this;
    const parts = { view: this.reads.now, platforms, ids, secrets, request };
    const found = (await recognise(work, machine, parts)) ?? (await byRule(work, machine, parts));
    if (!found || 'reason' in found) {
      await checkIn(found?.reason);
      return { matched_by: null, ...(found ? { message: found.reason } : {}) };
    }
    await checkIn();
    const { locator, how } = found;
    const more = await sharedMac(this.reads.now, locator, infoMap);
    await attach(work, { identifier, locator, matchedBy: how, more });
    return { matched_by: how, locator };
  }
}

@CommandHandler(AssignFoundation)
class AssignFoundationHandler extends UnitOfWorkHandler<AssignFoundation> {
  async decide(work: UnitOfWork, { key, foundation: locator }: AssignFoundation) {
    const identifier = String(key);
    const state = await registered(work, identifier);
    if (locator === null) throw refuse('foundation', 'NULL', 'This field cannot be null.');
    if (!(await foundationFor(work, 'foundation', locator))) return null;
    if (state.foundation !== null && state.foundation !== locator) {
      await work.decide(foundation, state.foundation, { type: 'EndSurvey', data: { cartographer: identifier } });
    }
    await work.decide(foundation, locator, { type: 'BeginSurvey', data: { cartographer: identifier } });
    await work.decide(cartographer, identifier, { type: 'AssignCartographer', data: { foundation: locator } });
    return null;
  }
}

@CommandHandler(SetMessage)
class SetMessageHandler extends UnitOfWorkHandler<SetMessage> {
  async decide(work: UnitOfWork, { key, message }: SetMessage) {
    const data = { message: textOf('message', message, MAX_MESSAGE) };
    await work.decide(cartographer, key, { type: 'TellMessage', data });
    return null;
  }
}

@CommandHandler(FinishSurvey)
class FinishSurveyHandler extends UnitOfWorkHandler<FinishSurvey> {
  async decide(work: UnitOfWork, { key }: FinishSurvey) {
    const identifier = String(key);
    const state = await work.load(cartographer, identifier);
    if (state === undefined) throw new NotFound('Survey/Cartographer', identifier);
    const locator = isThere(state) ? state.foundation : null;
    await work.decide(cartographer, identifier, { type: 'FinishCartographer', data: {} });
    const its = locator === null ? undefined : await work.load(foundation, locator);
    if (locator === null || its?.stage !== 'active') return null;
    const refusal = await whyNotLocated(work, its.value);
    if (refusal) throw refusal;
    await choosePxe(work, locator, null);
    await work.decide(foundation, locator, { type: 'EndSurvey', data: { cartographer: identifier } });
    await work.decide(foundation, locator, { type: 'LocateFoundation', data: {} });
    return null;
  }
}

export const cartographerHandlers = [
  RegisterCartographerHandler,
  LookUpMachineHandler,
  AssignFoundationHandler,
  SetMessageHandler,
  FinishSurveyHandler,
  deleteUnreferencedHandler(DeleteCartographer, 'Survey/Cartographer', async (work, key) => {
    const identifier = String(key);
    const { foundation: locator } = await registered(work, identifier);
    if (locator !== null) {
      await work.decide(foundation, locator, { type: 'EndSurvey', data: { cartographer: identifier } });
    }
    await work.decide(cartographer, identifier, { type: 'DeleteCartographer', data: {} });
  }),
];

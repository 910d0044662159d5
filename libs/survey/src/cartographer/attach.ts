import { pxeFor } from '#blueprint';
import { choosePxe, foundation } from '#building';
import type { UnitOfWork } from '#kernel';
import { cartographer } from './cartographer.ts';

/** The PXE by which a machine boots the boot image again while it is surveyed. */
const BOOTSTRAP = 'bootstrap';
/** The longest message. */
export const MAX_MESSAGE = 200;

/** A text as a message has room for. */
export const shortened = (text: string): string => {
  const characters = Array.from(text);
  return characters.length <= MAX_MESSAGE ? text : `${characters.slice(0, MAX_MESSAGE - 1).join('')}…`;
};

/** A machine that turned out to be a foundation. */
export interface Attachment {
  readonly identifier: string;
  readonly locator: string;
  readonly matchedBy: string;
  /** What is told of it; how it was matched unless said otherwise. */
  readonly message?: string;
  /** What is told besides. */
  readonly more?: string;
}

/** Notes which foundation a machine is; its interfaces boot the boot image until it is done. */
export async function attach(
  work: UnitOfWork,
  { identifier, locator, matchedBy, message = `Matched by "${matchedBy}" as "${locator}"`, more = '' }: Attachment,
): Promise<void> {
  await work.decide(foundation, locator, { type: 'BeginSurvey', data: { cartographer: identifier } });
  const booting = await bootstraps(work, locator);
  await work.decide(cartographer, identifier, {
    type: 'MatchCartographer',
    data: { foundation: locator, matchedBy, message: shortened(`${message}${more}${booting}`) },
  });
}

/** Has the interfaces of a foundation boot the boot image. @returns what is to be told of that */
export async function bootstraps(work: UnitOfWork, locator: string): Promise<string> {
  const faults = await work.faultsOf(() => pxeFor(work, 'pxe', BOOTSTRAP));
  if (faults.length > 0) return `; there is no PXE "${BOOTSTRAP}", so its interfaces boot as before`;
  await choosePxe(work, locator, BOOTSTRAP);
  return '';
}

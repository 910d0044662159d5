import type { UnitOfWork } from '#kernel';
import type { Key } from '#read-store';
import type { Cartographer } from './cartographer.ts';
import { cartographer, isThere, notRegistered } from './cartographer.ts';

/** A machine that is there. @throws Refusal where it is not */
export async function registered(work: UnitOfWork, identifier: Key): Promise<Readonly<Cartographer>> {
  const state = await work.load(cartographer, identifier);
  if (!isThere(state)) throw notRegistered();
  return state;
}

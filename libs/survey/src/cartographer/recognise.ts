import { foundation } from '#building';
import type { UnitOfWork } from '#kernel';
import type { ServerHalf } from '#platform';
import type { View } from '#read-store';
import { isSurveyed, typesOf } from '../intake/check-intake.ts';
import type { UnknownMachine } from '../intake/placeholders.ts';
import { evidenceIn, lookFor } from './evidence.ts';
import { findFoundations } from './find-foundations.ts';

/** A machine was found as a foundation; or may not be, with why; undefined: nobody knows it. */
export type Recognised = { readonly locator: string; readonly how: string } | { readonly reason: string } | undefined;

/** Looks which foundation a machine is. Rows say which, and the stream of the foundation whether it may be. */
export async function recognise(
  work: UnitOfWork,
  { infoMap, identifier }: UnknownMachine,
  { view, platforms }: { readonly view: View; readonly platforms: readonly ServerHalf[] },
): Promise<Recognised> {
  const looked = await lookFor(evidenceIn(infoMap), (one) => findFoundations(view, one));
  if (looked.locator === undefined) return looked.reason === undefined ? undefined : { reason: looked.reason };
  const { locator } = looked;
  const found = await work.load(foundation, locator);
  // It has gone since the rows told of it.
  if (found.stage !== 'active') return undefined;
  const { type, located, built, surveyedBy } = found.value;
  const known = `this machine is foundation "${locator}" (${looked.how})`;
  if (located || built) {
    return { reason: `${known}, which is ${built ? 'built' : 'located'}: only planned ones are surveyed` };
  }
  if (surveyedBy !== undefined && surveyedBy !== identifier) {
    return { reason: `${known}, which cartographer ${surveyedBy} has already: delete that one, or assign another` };
  }
  const kind = typesOf(platforms).find((one) => one.type === type);
  if (!kind || !isSurveyed(kind)) {
    return { reason: `${known}, whose type "${type}" is none of machines that are surveyed` };
  }
  return { locator, how: looked.how };
}

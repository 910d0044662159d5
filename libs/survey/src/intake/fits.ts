import { validateIdMap, validationTemplateOf } from '#blueprint';
import type { JsonMap, UnitOfWork } from '#kernel';
import { fingerprintOf } from '../cartographer/fingerprint.ts';
import type { IntakeRule } from './intake-rule.ts';

/** A report with the fingerprint of its machine, so that this can be asked for too (`fingerprint.id`). */
const withFingerprint = (infoMap: JsonMap): JsonMap => ({ ...infoMap, fingerprint: { ...fingerprintOf(infoMap) } });

/** Why a machine that reports this is none for a foundation blueprint: what it asks for and is missing. */
export async function whyNotOfBluePrint(
  work: UnitOfWork,
  blueprint: string,
  infoMap: JsonMap,
): Promise<string | undefined> {
  const template = await validationTemplateOf(work, blueprint);
  return template && validateIdMap(template, infoMap);
}

/** Why a rule does not take in a machine that reports this; undefined: it does. */
export async function whyNotByRule(
  work: UnitOfWork,
  { blueprint, fingerprint }: Pick<IntakeRule, 'blueprint' | 'fingerprint'>,
  infoMap: JsonMap,
): Promise<string | undefined> {
  return validateIdMap(fingerprint, withFingerprint(infoMap)) ?? whyNotOfBluePrint(work, blueprint, infoMap);
}

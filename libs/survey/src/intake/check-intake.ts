import type { Field } from '#api';
import { NAME, validate } from '#api';
import { foundationBluePrintFor } from '#blueprint';
import { isSecretName } from '#config';
import { networkFor } from '#ipam';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import { siteFor } from '#site';
import { plotFor } from '../plot/find-plot.ts';
import type { Intake } from './intake-rule.ts';
import { asName, NUMBER, placeholdersIn } from './placeholders.ts';

/** What a value begins with that an agent looks up in its vault. */
const VAULT = '_VAULT_';
/** The field of platforms that says in which plot a machine is. */
export const PLOT_FIELD = 'plot';
/** The longest locator. */
export const MAX_LOCATOR = 100;

/** Whether foundations of a type are machines that call in: they are located by survey, or are metal that locates by itself. */
export const isSurveyed = ({ locates, classes }: FoundationType): boolean =>
  locates === 'by-survey' || (locates === 'by-itself' && classes.includes('Metal'));

export const typesOf = (platforms: readonly ServerHalf[]): readonly FoundationType[] =>
  platforms.flatMap(({ foundationTypes }) => foundationTypes);

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** The kind of the foundations that machines are taken in as; undefined where there is none, which is then a fault. */
export function typeFor(work: UnitOfWork, type: string, platforms: readonly ServerHalf[]): FoundationType | undefined {
  const found = typesOf(platforms).find((one) => one.type === type);
  if (found && isSurveyed(found)) return found;
  const usable = typesOf(platforms)
    .filter(isSurveyed)
    .map((one) => one.type);
  const why = found
    ? `machines that call in are no foundations of the type "${type}"`
    : `there is no foundation type "${type}"`;
  work.fault('foundation_type', 'INVALID_VALUE', `${why}: it must be one of ${quoted(usable)}`);
  return undefined;
}

/** The fields of the platform as they will be, but for placeholders; what is wrong with them is noted. */
export function ownValues(work: UnitOfWork, { fields }: FoundationType, { plot, values }: Intake): JsonMap {
  const known: Readonly<Record<string, Field>> = fields;
  const fault = (name: string, code: string, text: string) => work.fault('values', code, `${name}: ${text}`, name);
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(known, name)) {
      fault(name, 'UNKNOWN', `there is no such field; there are ${Object.keys(known).join(', ') || 'none'}`);
    } else if (isSecretName(name) && !isInVault(value)) {
      fault(name, 'SECRET', `a secret is not kept here: write "${VAULT}" and its path, or set it on the foundation`);
    }
  }
  const defaults = Object.fromEntries(Object.entries(known).map(([name, field]) => [name, field.default ?? null]));
  const after: JsonMap = {
    ...defaults,
    ...(plot !== null && Object.hasOwn(known, PLOT_FIELD) ? { [PLOT_FIELD]: plot } : {}),
    ...values,
  };
  for (const { field, code, text } of validate(known, after)) fault(field, code, text);
  return after;
}

const isInVault = (value: Json): boolean => value === null || (typeof value === 'string' && value.startsWith(VAULT));

/** Notes what an intake refers to and is not there. @returns its blueprint; undefined where that is not there */
export async function checkReferences(work: UnitOfWork, { blueprint, site, plot, network }: Intake) {
  await siteFor(work, 'site', site);
  await plotFor(work, 'plot', plot);
  if (network !== null) await networkFor(work, 'network', network);
  return foundationBluePrintFor(work, 'blueprint', blueprint);
}

/** Notes what is wrong with what machines are taken in as; whatever they report. */
export async function checkIntake(
  work: UnitOfWork,
  intake: Intake,
  platforms: readonly ServerHalf[],
): Promise<FoundationType | undefined> {
  const { blueprint, type, locator } = intake;
  const its = await checkReferences(work, intake);
  const found = typeFor(work, type, platforms);
  if (its && found && !its.foundationTypes.includes(type)) {
    work.fault('blueprint', 'TYPE', `Blueprint "${blueprint}" does not list this type "${type}"`);
  }
  const plain = asName(locator.replaceAll(/\{[^}]*\}/g, 'x'));
  if (!NAME.test(plain) || plain !== locator.replaceAll(/\{[^}]*\}/g, 'x')) {
    const text = `"${locator}" must be letters, digits, "_", "-" and placeholders such as {serial}, {mac}, {n}`;
    work.fault('locator', 'PATTERN', text);
  } else if (locator.length > MAX_LOCATOR) {
    work.fault('locator', 'TOO_LONG', `must be at most ${MAX_LOCATOR} characters long`);
  } else if (placeholdersIn(locator).filter((name) => name === NUMBER).length > 1) {
    work.fault('locator', 'PATTERN', `"{${NUMBER}}" may stand in it once`);
  }
  if (found) ownValues(work, found, intake);
  return found;
}

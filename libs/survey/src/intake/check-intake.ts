import type { Field } from '#api';
import { NAME, validate } from '#api';
import { foundationBluePrintFor } from '#blueprint';
import { isSecretName } from '#config';
import { networkFor } from '#ipam';
import type { Json, JsonMap, UnitOfWork } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import { siteFor } from '#site';
import { plotFor } from '#plots';
import type { Intake } from './intake-rule.ts';
import { NUMBER, PLACEHOLDER, placeholdersIn } from './placeholders.ts';

/** What a value begins with that an agent looks up in its vault. */
const VAULT = '_VAULT_';
/** The field of platforms that says in which plot a machine is. */
const PLOT_FIELD = 'plot';
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

/** The fields of the platform as they will be, but for placeholders. */
export function ownValues({ fields }: FoundationType, { plot, values }: Intake): JsonMap {
  const defaults = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default ?? null]));
  const inPlot: JsonMap = plot !== null && Object.hasOwn(fields, PLOT_FIELD) ? { [PLOT_FIELD]: plot } : {};
  return { ...defaults, ...inPlot, ...values };
}

/** Notes what is wrong with the fields of the platform. */
function checkOwnValues(work: UnitOfWork, type: FoundationType, intake: Intake): void {
  const known: Readonly<Record<string, Field>> = type.fields;
  const fault = (name: string, code: string, text: string) => work.fault('values', code, `${name}: ${text}`, name);
  for (const [name, value] of Object.entries(intake.values)) {
    if (!Object.hasOwn(known, name)) {
      fault(name, 'UNKNOWN', `there is no such field; there are ${Object.keys(known).join(', ') || 'none'}`);
    } else if (isSecretName(name) && !isInVault(value)) {
      fault(name, 'SECRET', `a secret is not kept here: write "${VAULT}" and its path, or set it on the foundation`);
    }
  }
  for (const { field, code, text } of validate(known, ownValues(type, intake))) fault(field, code, text);
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
  // A placeholder stands for something that a name may hold.
  if (!NAME.test(locator.replaceAll(PLACEHOLDER, 'x'))) {
    const text = `"${locator}" must be letters, digits, "_", "-" and placeholders such as {serial}, {mac}, {n}`;
    work.fault('locator', 'PATTERN', text);
  } else if (locator.length > MAX_LOCATOR) {
    work.fault('locator', 'TOO_LONG', `must be at most ${MAX_LOCATOR} characters long`);
  } else if (placeholdersIn(locator).filter((name) => name === NUMBER).length > 1) {
    work.fault('locator', 'PATTERN', `"{${NUMBER}}" may stand in it once`);
  }
  if (found) checkOwnValues(work, found, intake);
  return found;
}

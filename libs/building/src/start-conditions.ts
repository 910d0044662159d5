import { blueprints } from '#blueprint';
import type { Condition } from '#foreman';
import { condition } from '#foreman';
import type { View } from '#read-store';
import type { FindType } from './building-layers.ts';
import { complexes, isEnough } from './complex/complexes.ts';
import { complexesInUse } from './complex/in-use.ts';
import type { DependencyRow } from './dependency/dependencies.ts';
import { dependencies, dependencyState } from './dependency/dependencies.ts';
import type { TakenBy } from './foundation.ts';
import type { FoundationRow } from './foundations.ts';
import { foundations, stateOf } from './foundations.ts';
import { structures, structureState } from './structure/structures.ts';

/** What keeps a job from beginning, by the kind of its target and its script; the same rules as `mayStart` of the targets. */
type Conditions = Promise<readonly Condition[]>;

const GONE = [condition('target-gone', 'Its target is not there any more')];

/** Why a job on a foundation may not start. */
export async function foundationConditions(
  view: View,
  locator: string,
  script: string,
  findType: FindType,
): Conditions {
  const row = await view.get(foundations, locator);
  if (!row) return GONE;
  if (script === 'create') {
    const awaited = row.dependency === null ? undefined : await view.get(dependencies, row.dependency);
    return [
      ...(row.dependency !== null && awaited?.builtAt === null ? [dependencyIs(row.dependency, awaited)] : []),
      ...(row.locatedAt === null
        ? await notLocated(view, locator, row, findType)
        : row.complex != null && findType(row.type)?.locates === 'with-complex'
          ? await complexNotBuilt(view, row.complex)
          : []),
    ];
  }
  if (script !== 'destroy') return [];
  if (row.builtAt === null) return [foundationIs(locator, row, 'not-built')];
  return row.structure === null ? [] : structureInTheWay(view, row.structure);
}

/** Why a job on a structure may not start. */
export async function structureConditions(view: View, id: number, script: string): Conditions {
  const row = await view.get(structures, id);
  if (!row) return GONE;
  if (script === 'create') {
    const below = await view.get(foundations, row.foundation);
    return [
      ...(row.builtAt === null
        ? []
        : [condition('already-built', `structure ${id} is built already`, [structure(id)])]),
      ...(below && below.builtAt === null ? [foundationIs(row.foundation, below, 'foundation-not-built')] : []),
    ];
  }
  if (script !== 'destroy') return [];
  if (row.builtAt === null) return [condition('not-built', `structure ${id} is planned`, [structure(id)])];
  return [...(await dependenciesInTheWay(view, { structure: id }, true)), ...(await complexesInUse(view, id))];
}

/** Why a job on a dependency may not start. */
export async function dependencyConditions(view: View, id: number, script: string): Conditions {
  const row = await view.get(dependencies, id);
  if (!row) return GONE;
  if (script === 'create') return dependencyCreation(view, id, row);
  if (script !== 'destroy') return [];
  if (row.builtAt === null) return [dependencyIs(id, row, 'not-built')];
  if (row.foundation === null) return dependenciesInTheWay(view, { dependency: id }, false);
  const waiting = await view.get(foundations, row.foundation);
  if (!waiting) return [];
  return [
    ...(waiting.locatedAt === null ? [] : [foundationIs(row.foundation, waiting, 'foundation-not-planned')]),
    ...atWork(`foundation ${row.foundation}`, waiting.job),
  ];
}

async function dependencyCreation(view: View, id: number, row: DependencyRow): Conditions {
  const on = row.structure === null ? undefined : await view.get(structures, row.structure);
  const above = row.dependency === null ? undefined : await view.get(dependencies, row.dependency);
  const built = [on, above].some((one) => one?.builtAt != null);
  return [
    ...(row.builtAt === null
      ? []
      : [condition('already-built', `dependency ${id} is built already`, [dependency(id)])]),
    ...(!built && on && row.structure !== null
      ? [condition('structure-not-built', `structure ${on.hostname} is planned`, [structure(row.structure)])]
      : []),
    ...(!built && above && row.dependency !== null ? [dependencyIs(row.dependency, above)] : []),
    ...(!on && !above ? [condition('target-gone', `what dependency ${id} hangs on is not there any more`)] : []),
  ];
}

/** Why a foundation is not located, and does not become so by itself. */
async function notLocated(view: View, locator: string, row: FoundationRow, findType: FindType): Conditions {
  const how = findType(row.type)?.locates;
  const on = row.structure === null ? undefined : await view.get(structures, row.structure);
  const built =
    on?.builtAt != null && row.structure !== null
      ? [condition('structure-built', `structure ${on.hostname} on it is built`, [structure(row.structure)])]
      : [];
  const surveyed =
    row.surveyedBy === undefined
      ? []
      : [
          condition(
            'being-surveyed',
            `cartographer ${row.surveyedBy} is surveying a machine as foundation ${locator}`,
            [['Survey/Cartographer', row.surveyedBy]],
          ),
        ];
  const lacks = [...built, ...surveyed, ...(await idMapMissing(view, locator, row))];
  if (how === 'by-itself') return lacks;
  if (how === 'with-complex' && row.complex != null) return [...lacks, ...(await complexNotBuilt(view, row.complex))];
  const text = `foundation ${locator} is planned: it has to be located by a survey`;
  return [...lacks, condition('foundation-not-located', text, [foundation(locator)])];
}

async function idMapMissing(view: View, locator: string, { idMap, blueprint }: FoundationRow): Conditions {
  if (idMap !== null || !(await hasTemplate(view, blueprint))) return [];
  const text = `blueprint ${blueprint} has a validation template, and foundation ${locator} has no id map`;
  return [
    condition('id-map-missing', text, [
      ['BluePrint/FoundationBluePrint', blueprint],
      ['Building/Foundation', locator],
    ]),
  ];
}

/** Whether a blueprint, or one that it comes from, has a validation template. */
async function hasTemplate(view: View, name: string): Promise<boolean> {
  const row = await view.get(blueprints, name);
  if (!row || Object.keys(row.validationTemplate ?? {}).length > 0) return row !== undefined;
  for (const parent of row.parents) if (await hasTemplate(view, parent)) return true;
  return false;
}

async function complexNotBuilt(view: View, name: string): Conditions {
  const row = await view.get(complexes, name);
  if (!row) return [condition('complex-not-built', `complex ${name} is not there any more`)];
  const { members, builtPercentage, host } = row;
  const its = host ? await view.get(structures, host.structure) : undefined;
  if (its?.builtAt === null && host) {
    const text = `structure ${its.hostname}, by which complex ${name} is reached, is planned`;
    return [condition('complex-not-built', text, [['Building/Complex', name], structure(host.structure)])];
  }
  if (host?.suffices && members.length === 0) return [];
  const known = await view.many(
    structures,
    members.map(({ structure: id }) => id),
  );
  const built = [...known.values()].filter(({ builtAt }) => builtAt !== null).length;
  if (isEnough(built, members.length, builtPercentage)) return [];
  const percent = members.length === 0 ? 0 : Math.floor((100 * built) / members.length);
  const text =
    members.length === 0
      ? `complex ${name} has no members`
      : `complex ${name} is ${percent} % of ${builtPercentage} %: ${built} of ${members.length} members are built`;
  return [condition('complex-not-built', text, [['Building/Complex', name]])];
}

async function structureInTheWay(view: View, id: number): Conditions {
  const on = await view.get(structures, id);
  if (!on) return [];
  const what = `structure ${on.hostname}`;
  return [
    ...(on.builtAt === null
      ? []
      : [condition('structure-not-planned', `${what} on it is ${structureState(on)}`, [structure(id)])]),
    ...atWork(what, on.job),
  ];
}

/** What hangs on something that is to be destroyed, and is built, or has a job where that counts. */
async function dependenciesInTheWay(
  view: View,
  where: Readonly<Record<string, number>>,
  jobsCount: boolean,
): Conditions {
  const { rows } = await view.list(dependencies, { where });
  return rows.flatMap(({ key, row }) => [
    ...(row.builtAt === null ? [] : [dependencyIs(Number(key), row, 'dependency-not-planned')]),
    ...(jobsCount ? atWork(`dependency ${key}`, row.job) : []),
  ]);
}

const foundation = (locator: string) => ['Building/Foundation', locator] as const;
const structure = (id: number) => ['Building/Structure', id] as const;
const dependency = (id: number) => ['Building/Dependency', id] as const;

const foundationIs = (locator: string, row: FoundationRow, name: string): Condition =>
  condition(name, `foundation ${locator} is ${stateOf(row)}`, [foundation(locator)]);
const dependencyIs = (id: number, row: DependencyRow, name = 'dependency-not-built'): Condition =>
  condition(name, `dependency ${id} is ${dependencyState(row)}`, [dependency(id)]);
const atWork = (what: string, job: TakenBy | null | undefined): readonly Condition[] =>
  job ? [condition('has-job', `job ${job.job} is at work on ${what}`, [['Foreman/BaseJob', job.job]])] : [];

import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler, NAME } from '#api';
import type { UnitOfWork } from '#kernel';
import type { View } from '#read-store';
import { foundationFor } from '../find-foundation.ts';
import { foundation } from '../foundation.ts';
import { structureFor } from '../structure/find-structure.ts';
import { dependencies } from './dependencies.ts';
import type { dependencyFields } from './dependency.api.ts';
import type { Dependency } from './dependency.ts';
import { dependency } from './dependency.ts';

type Fields = typeof dependencyFields;

export class CreateDependency extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeDependency extends ChangeCommand<ChangedValues<Fields>> {}
/** Deletes dependencies, and those that hang on them. */
export class DeleteDependency extends DeleteCommand {}

/** The parts of a dependency that are given; its site follows from them. */
type Given = Omit<Dependency, 'site'>;

/** Reads another dependency; where it does not exist, or hangs on `id` itself, that is a fault of the field. */
async function checkDependency(
  work: UnitOfWork,
  id: number | undefined,
  on: number | null,
): Promise<string | undefined> {
  let site: string | undefined;
  for (let at = on; at !== null;) {
    const found = await work.load(dependency, at);
    if (found.stage !== 'active') {
      work.fault('dependency', 'INVALID_VALUE', `there is no dependency ${at}`);
      return site;
    }
    if (at === id) {
      work.fault('dependency', 'CYCLE', 'the dependency would depend on itself');
      return site;
    }
    site ??= found.value.site;
    at = found.value.dependency;
  }
  return site;
}

function checkScripts(work: UnitOfWork, { structure, dependency: on, scriptStructure, ...scripts }: Given): void {
  const named = { create_script_name: scripts.createScript, destroy_script_name: scripts.destroyScript };
  if (structure === null && on === null) {
    work.fault('structure', 'NULL', 'Either structure or dependency is required');
  }
  for (const [field, name] of Object.entries(named)) {
    if (name === null) continue;
    if (!NAME.test(name)) work.fault(field, 'PATTERN', `"${name}" is invalid`);
    if (structure === null && scriptStructure === null) {
      work.fault(field, 'SCRIPTS', 'structure or script_sctructure are required for scripts');
    }
  }
  if (scripts.createScript !== null && scripts.createScript === scripts.destroyScript) {
    work.fault('destroy_script_name', 'SAME', 'destroy and create script must be different');
  }
}

/** A dependency as it is given, with the site it belongs to; what is wrong with it is noted. */
export async function checked(work: UnitOfWork, id: number | undefined, given: Given): Promise<Dependency> {
  checkScripts(work, given);
  const structure = await structureFor(work, 'structure', given.structure);
  const scripts = await structureFor(work, 'script_structure', given.scriptStructure);
  const above = await checkDependency(work, id, given.dependency);
  const found = await foundationFor(work, 'foundation', given.foundation);
  return { ...given, site: found?.site ?? scripts?.site ?? above ?? structure?.site ?? '' };
}

/** An empty name is none. */
const nameOf = (name: string | null): string | null => (name === '' ? null : name);

const createDependency = createHandler(CreateDependency, async (work, values, _, ids) => {
  const id = await ids.next('dependency');
  const defined = await checked(work, undefined, {
    structure: values.structure,
    dependency: values.dependency,
    foundation: values.foundation,
    scriptStructure: values.script_structure,
    link: values.link,
    createScript: nameOf(values.create_script_name),
    destroyScript: nameOf(values.destroy_script_name),
  });
  if (defined.foundation !== null) {
    await work.decide(foundation, defined.foundation, { type: 'BindFoundation', data: { dependency: id } });
  }
  await work.decide(dependency, id, { type: 'DefineDependency', data: defined });
  return id;
});

const changeDependency = changeHandler(ChangeDependency, async (work, key, values) => {
  const id = Number(key);
  const found = await work.load(dependency, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Dependency does not exist');
    return;
  }
  const before = found.value;
  const or = <T>(value: T | undefined, old: T): T => (value === undefined ? old : value);
  const after = await checked(work, id, {
    structure: or(values.structure, before.structure),
    dependency: or(values.dependency, before.dependency),
    foundation: or(values.foundation, before.foundation),
    scriptStructure: or(values.script_structure, before.scriptStructure),
    link: or(values.link, before.link),
    createScript: nameOf(or(values.create_script_name, before.createScript)),
    destroyScript: nameOf(or(values.destroy_script_name, before.destroyScript)),
  });
  if (!(await work.decide(dependency, id, { type: 'ChangeDependency', data: after }))) return;
  if (after.foundation === before.foundation) return;
  if (before.foundation !== null) {
    await work.decide(foundation, before.foundation, { type: 'UnbindFoundation', data: { dependency: id } });
  }
  if (after.foundation !== null) {
    await work.decide(foundation, after.foundation, { type: 'BindFoundation', data: { dependency: id } });
  }
});

/** Deletes what depends on a structure or on another dependency, or is there for a foundation, and whatever hangs on that. */
export async function removeDependenciesOn(
  work: UnitOfWork,
  view: View,
  on:
    | { readonly structure: number }
    | { readonly scriptStructure: number }
    | { readonly dependency: number }
    | { readonly foundation: string },
): Promise<void> {
  const { keys } = await view.keys(dependencies, { where: on });
  for (const key of keys) {
    const id = Number(key);
    const found = await work.load(dependency, id);
    if (found.stage === 'active' && !(await work.decide(dependency, id, { type: 'CloseDependency', data: {} })))
      continue;
    await removeDependency(work, view, id);
    await work.decide(dependency, id, { type: 'DeleteDependency', data: {} });
  }
}

/** Takes away what goes with a dependency. */
async function removeDependency(work: UnitOfWork, view: View, id: number): Promise<void> {
  const found = await work.load(dependency, id);
  if ('value' in found && found.value.foundation !== null) {
    await work.decide(foundation, found.value.foundation, { type: 'UnbindFoundation', data: { dependency: id } });
  }
  await removeDependenciesOn(work, view, { dependency: id });
}

const deleteDependency = deleteHandler(DeleteDependency, 'Building/Dependency', dependency, (work, key, view) =>
  removeDependency(work, view, Number(key)),
);

export const dependencyHandlers = [createDependency, changeDependency, deleteDependency];

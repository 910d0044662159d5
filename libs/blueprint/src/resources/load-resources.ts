import type { UnitOfWork } from '#kernel';
import { pauseBetweenSlices } from '#kernel';
import { blueprint } from '../blueprint.ts';
import { pxe } from '../pxe.ts';
import { script } from '../script.ts';
import { inParentOrder } from './in-parent-order.ts';
import { loadBluePrint } from './load-blueprint.ts';
import { loadLinks } from './load-links.ts';
import { loadPxe, loadScript } from './load-plain-resources.ts';
import type { LoadContext, Loading, Selection } from './loading.ts';
import { lineOf, ResourceFaults } from './resource-faults.ts';
import type { BluePrintDefinition, ResourceDefinition, ResourceFile } from './resource-file.ts';

/** How many streams are read at a time. */
const READ_AHEAD = 500;

type Kind = ResourceDefinition['kind'];
type Of<K extends Kind> = Extract<ResourceDefinition, { readonly kind: K }>;

/**
 * Loads resource files in one unit of work, in the order in which the things in them need each other: scripts,
 * foundation blueprints, structure blueprints, PXEs, links. What is wrong is noted there, with file, line and key.
 */
export async function loadResources(
  work: UnitOfWork,
  files: readonly ResourceFile[],
  selection: Selection,
  context: LoadContext,
): Promise<Pick<Loading, 'objects' | 'warnings'>> {
  const faults = new ResourceFaults(work);
  const loading: Loading = { work, files, selection, context, faults, objects: [], warnings: [] };
  for (const file of files) for (const fault of file.faults) faults.at(fault, 'RESOURCE_FILE');
  if (faults.count === 0) await loadAll(loading);
  faults.end();
  return loading;
}

async function loadAll(loading: Loading): Promise<void> {
  const definitions = loading.files.flatMap((file) => file.definitions);
  const of = <K extends Kind>(kind: K) => definitions.filter((one): one is Of<K> => one.kind === kind);
  const pause = pauseBetweenSlices();
  const each = async <D extends ResourceDefinition>(
    some: readonly D[],
    load: (loading: Loading, one: D) => Promise<void>,
  ) => {
    for (const one of some.filter((each) => isSelected(loading.selection, each))) {
      await load(loading, one);
      await pause();
    }
  };
  checkNames(loading, definitions);
  await readAhead(loading, definitions);
  await each(of('script'), loadScript);
  await each(parentsFirst(loading, of('foundation')), loadBluePrint);
  await each(parentsFirst(loading, of('structure')), loadBluePrint);
  await each(of('pxe'), loadPxe);
  await loadLinks(loading, of('structure'));
}

const isSelected = ({ type, name: only }: Selection, { kind, name }: ResourceDefinition): boolean =>
  (type === 'all' || type === kind) && (only === undefined || only === name);

/** Nothing may be defined twice: which one counts would be left to chance. Blueprints of both kinds share their names. */
function checkNames({ faults }: Loading, definitions: readonly ResourceDefinition[]): void {
  const known = new Map<string, ResourceDefinition>();
  for (const definition of definitions) {
    const { kind, name } = definition;
    const space = `${kind === 'foundation' || kind === 'structure' ? 'blueprint' : kind} ${name}`;
    const other = known.get(space);
    if (other) {
      const text = `is defined in ${other.file}:${lineOf(other, '')} too, as ${other.kind}.${other.name}`;
      faults.of(definition, { key: '', code: 'TAKEN', text });
    }
    known.set(space, definition);
  }
}

/** Reads what will be needed, many streams at a time. */
async function readAhead({ work, files }: Loading, definitions: readonly ResourceDefinition[]): Promise<void> {
  const wanted = new Map<string, () => Promise<unknown>>();
  const wantBluePrint = (name: string) => wanted.set(`blueprint ${name}`, () => work.load(blueprint, name));
  const wantScript = (name: string) => wanted.set(`script ${name}`, () => work.load(script, name));
  for (const one of definitions) {
    if (one.kind === 'script') wantScript(one.name);
    else if (one.kind === 'pxe') wanted.set(`pxe ${one.name}`, () => work.load(pxe, one.name));
    else {
      for (const name of [one.name, ...one.parents]) wantBluePrint(name);
      for (const name of one.scripts.values()) wantScript(name);
    }
  }
  for (const { links } of files) for (const link of links) [link.structure, link.foundation].map(wantBluePrint);
  const all = [...wanted.values()];
  for (let from = 0; from < all.length; from += READ_AHEAD) {
    await Promise.all(all.slice(from, from + READ_AHEAD).map((read) => read()));
  }
}

function parentsFirst<D extends BluePrintDefinition>({ faults }: Loading, definitions: readonly D[]): readonly D[] {
  const { ordered, cycles } = inParentOrder(definitions);
  for (const { definition, names } of cycles) {
    const text = `blueprints are one another's parents: ${names.join(' → ')}`;
    faults.of(definition, { key: 'parents', code: 'CYCLE', text });
  }
  return cycles.length > 0 ? [] : ordered;
}

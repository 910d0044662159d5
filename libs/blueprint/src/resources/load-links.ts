import type { BluePrint } from '../blueprint.ts';
import { blueprint } from '../blueprint.ts';
import type { LoadedObject } from './load-result.ts';
import type { Loading } from './loading.ts';
import type { LinkDefinition, StructureDefinition } from './resource-file.ts';

/** Links of structure blueprints to foundation blueprints. */
export async function loadLinks(loading: Loading, structures: readonly StructureDefinition[]): Promise<void> {
  const { type } = loading.selection;
  const loaded = new Map(
    loading.objects.filter(({ outcome }) => outcome !== 'skipped').map((one) => [`${one.kind} ${one.name}`, one]),
  );
  for (const { file, links } of loading.files) {
    const asked = byStructure(links);
    const sections = structures.filter((one) => one.file === file && loaded.has(`structure ${one.name}`));
    for (const { name, lines, foundationBluePrints: listed } of sections) {
      const own = listed.map((foundation, n) => {
        const line = lines.get(`foundation_blueprints.${n}`) ?? 0;
        return { file, line, structure: name, foundation };
      });
      const keep = [...listed, ...(asked.get(name) ?? []).map(({ foundation }) => foundation)];
      await link(loading, name, file, own, keep);
    }
    if (type !== 'all' && type !== 'links') continue;
    for (const [structure, its] of asked) await link(loading, structure, file, its);
  }
}

async function link(
  loading: Loading,
  name: string,
  source: string,
  links: readonly LinkDefinition[],
  keep?: readonly string[],
): Promise<void> {
  const note = ({ line, foundation }: LinkDefinition, outcome: LoadedObject['outcome']) =>
    loading.objects.push({ kind: 'link', name: `${name} on ${foundation}`, file: source, line, outcome, changes: {} });
  const state = await loading.work.load(blueprint, name);
  if (state.stage !== 'active' || state.value.kind !== 'structure') {
    for (const link of links) skipped(loading, link, 'structure', name, note);
    return;
  }
  const { foundationBluePrints: linked, linkedBy } = state.value;
  const add: string[] = [];
  for (const link of links) {
    const { foundation } = link;
    const found = await loading.work.load(blueprint, foundation);
    if (found.stage !== 'active' || found.value.kind !== 'foundation') {
      if (keep === undefined) skipped(loading, link, 'foundation', foundation, note);
    } else if (linked.includes(foundation) || add.includes(foundation)) {
      note(link, 'unchanged');
    } else {
      add.push(foundation);
      note(link, 'created');
    }
  }
  for (const foundation of keep ? linked : []) {
    if (linkedBy.get(foundation) !== source || keep?.includes(foundation)) continue;
    note({ file: source, line: 0, structure: name, foundation }, 'removed');
  }
  const data = { source, add, ...(keep ? { keep } : {}) };
  await loading.work.decide(blueprint, name, { type: 'LinkFoundationBluePrints', data });
}

function skipped(
  loading: Loading,
  link: LinkDefinition,
  kind: BluePrint['kind'],
  name: string,
  note: (link: LinkDefinition, outcome: 'skipped') => void,
): void {
  note(link, 'skipped');
  const text = `there is no ${kind} blueprint ${name} yet: load the file again once there is`;
  loading.warnings.push({ file: link.file, line: link.line, key: 'sflinks', text });
}

function byStructure(links: readonly LinkDefinition[]): ReadonlyMap<string, readonly LinkDefinition[]> {
  const groups = new Map<string, LinkDefinition[]>();
  for (const one of links) {
    const group = groups.get(one.structure);
    if (group) group.push(one);
    else groups.set(one.structure, [one]);
  }
  return groups;
}

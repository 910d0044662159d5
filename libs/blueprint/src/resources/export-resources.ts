import { declaredSecretNames, schemaSecretNames, secretNames, shownValue } from '#config';
import type { Json } from '#kernel';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import type { BluePrintRow } from '../blueprints.ts';
import { blueprints } from '../blueprints.ts';
import type { Pxe } from '../pxe.ts';
import { pxes } from '../pxes.ts';
import { scripts } from '../scripts.ts';
import type { Script } from '../script.ts';
import type { Exported } from './write-resource-file.ts';
import { writeResourceFile } from './write-resource-file.ts';

/** At most so many things are written into one file. */
const MAX_EXPORTED = 10_000;

/** A boot image that a script names: `dhcp.set_pxe( interface=…, pxe='normal-boot' )`. */
const PXE_IN_SCRIPT = /\bpxe(?:_name)?\s*=\s*(?:'([^'\n]*)'|"([^"\n]*)")/g;
/** A configuration value that names one. */
const PXE_KEY = /_pxe(?::|$)/;

/**
 * A resource file of some blueprints and all they need: their parents, the foundation blueprints they are linked to, the
 * scripts in their slots, and the PXEs that a configuration value (`installer_pxe`) or a script names exactly. Secrets are
 * masked in it.
 * @throws Refusal where there is no such blueprint
 */
export async function exportResources(view: View, names: readonly string[]): Promise<string> {
  const collected = new Map<string, BluePrintRow>();
  const add = async (name: string): Promise<void> => {
    const row = collected.has(name) ? undefined : await view.get(blueprints, name);
    if (!row) return;
    if (collected.size >= MAX_EXPORTED)
      throw refuse('names', 'TOO_MANY', `more than ${MAX_EXPORTED} blueprints are needed`);
    // Before it is in its place, so that no circle can be run in.
    collected.set(name, row);
    for (const one of [...row.parents, ...(row.foundationBluePrints ?? [])]) await add(one);
    // Parents stand before their children.
    collected.delete(name);
    collected.set(name, row);
  };
  for (const name of names) {
    if (!(await view.get(blueprints, name))) throw refuse('names', 'INVALID_VALUE', `there is no blueprint ${name}`);
    await add(name);
  }
  const exported: Exported = {
    names,
    scripts: await scriptsOf(view, collected),
    blueprints: new Map([...collected].map(([name, row]) => [name, { row, values: masked(name, collected) }])),
    pxes: new Map(),
  };
  return writeResourceFile({ ...exported, pxes: await pxesOf(view, exported) });
}

async function scriptsOf(view: View, rows: ReadonlyMap<string, BluePrintRow>): Promise<Map<string, Script>> {
  const names = new Set([...rows.values()].flatMap((row) => Object.values(row.scripts)));
  return new Map([...(await view.many(scripts, [...names]))].map(([name, row]) => [String(name), row]));
}

async function pxesOf(view: View, exported: Exported): Promise<Map<string, Pxe>> {
  const inScripts = [...exported.scripts.values()].flatMap(({ text }) =>
    [...text.matchAll(PXE_IN_SCRIPT)].map(([, one, other]) => one ?? other ?? ''),
  );
  const inValues = [...exported.blueprints.values()].flatMap(({ values }) =>
    values.flatMap(([key, value]) => (PXE_KEY.test(key) && typeof value === 'string' ? [value] : [])),
  );
  const names = [...new Set([...inValues, ...inScripts])].filter((name) => name !== '').toSorted();
  return new Map([...(await view.many(pxes, names))].map(([name, row]) => [String(name), row]));
}

/** The configuration values of a blueprint, with a mask in the place of what it or a blueprint above it calls a secret. */
function masked(name: string, rows: ReadonlyMap<string, BluePrintRow>): [string, Json][] {
  const declared: string[] = [];
  const seen = new Set<string>();
  const look = (one: string): void => {
    const row = rows.get(one);
    if (!row || seen.has(one)) return;
    seen.add(one);
    declared.push(...declaredSecretNames(row.configValues), ...schemaSecretNames(row.configSchema));
    for (const parent of row.parents) look(parent);
  };
  look(name);
  const isSecret = secretNames(declared);
  return (rows.get(name)?.configValues ?? []).map(([key, value]) => [key, shownValue(key, value, isSecret)]);
}

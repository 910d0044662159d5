import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import { withBmcAddress } from '../bmc/shown-address.ts';
import type { FindType } from '../building-layers.ts';
import { foundations } from '../foundations.ts';
import { realInterfaces } from '../interface/real-interfaces.ts';
import { structures } from '../structure/structures.ts';

/** What a foundation boots next: the PXE of the interface it is installed over; undefined where there is none. */
export async function bootedByFoundation(view: View, locator: string): Promise<string | undefined> {
  const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
  return rows.find(({ row }) => row.provisioning)?.row.pxe ?? undefined;
}

/** What the foundation of a structure boots next. */
export async function bootedByStructure(view: View, id: number): Promise<string | undefined> {
  const row = await view.get(structures, id);
  return row && bootedByFoundation(view, row.foundation);
}

/** How the foundation of a structure is reached out of band, with references to the secrets in it; undefined where it is not. */
export async function connectionOf(view: View, id: number, findType: FindType): Promise<JsonMap | undefined> {
  const row = await view.get(structures, id);
  const below = row && (await view.get(foundations, row.foundation));
  const type = below && findType(below.type);
  return below && type?.connection?.((await withBmcAddress(view, below, type)).own);
}

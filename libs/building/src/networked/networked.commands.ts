import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler } from '#api';
import { checkHolderMoves, removeAddressesOf } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { siteFor } from '#site';
import { checkHostName, freeHostName, takeHostName } from '../structure/host-name.ts';
import { structure } from '../structure/structure.ts';
import type { networkedFields } from './networked.api.ts';
import type { Networked } from './networked.ts';
import { networked } from './networked.ts';

type Fields = typeof networkedFields;

export class CreateNetworked extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeNetworked extends ChangeCommand<ChangedValues<Fields>> {}
/** Deletes hosts that nothing is built for, with their addresses. */
export class DeleteNetworked extends DeleteCommand {}

/** Structures are changed and deleted as such. */
async function refuseStructure(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(structure, id);
  if ('value' in found) work.fault('__all__', 'STRUCTURE', `it is the Structure ${id}, and is changed as that`);
}

const createNetworked = createHandler(CreateNetworked, async (work, { hostname, site }, _, ids) => {
  const id = await ids.next('networked');
  checkHostName(work, hostname);
  const zone = (await siteFor(work, 'site', site))?.zone ?? null;
  await takeHostName(work, id, { hostname, site, zone });
  await work.decide(networked, id, { type: 'DefineNetworked', data: { hostname, site, zone } });
  return id;
});

const changeNetworked = changeHandler(ChangeNetworked, async (work, key, values) => {
  const id = Number(key);
  await refuseStructure(work, id);
  work.throwIfFaulted();
  const found = await work.load(networked, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Networked does not exist');
    return;
  }
  const before = found.value;
  const { hostname = before.hostname, site = before.site } = values;
  checkHostName(work, hostname);
  const zone = (await siteFor(work, 'site', site))?.zone ?? null;
  if (site !== before.site) await checkHolderMoves(work, id, site);
  const after: Networked = { ...before, hostname, site, zone };
  if (hostname !== before.hostname || site !== before.site || zone !== before.zone) {
    await freeHostName(work, id, before);
    await takeHostName(work, id, after);
  }
  await work.decide(networked, id, { type: 'ChangeNetworked', data: after });
});

const deleteNetworked = deleteHandler(DeleteNetworked, 'Utilities/Networked', networked, async (work, key) => {
  const found = await work.load(networked, key);
  if (!('value' in found)) return;
  await freeHostName(work, Number(key), found.value);
  await removeAddressesOf(work, Number(key));
});

export const networkedHandlers = [createNetworked, changeNetworked, deleteNetworked];

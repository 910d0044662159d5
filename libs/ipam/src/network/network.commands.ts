import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ChangedValues, NamePattern, NewValues } from '#api';
import { ChangeCommand, checkPattern, CreateCommand, DeleteCommand, deleteHandler, given } from '#api';
import { UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import { Ids } from '#read-store';
import { siteFor } from '#site';
import { addLink, removeLink } from './link-block.ts';
import type { networkFields } from './network.api.ts';
import { network } from './network.ts';
import { freeNetworkName, takeNetworkName } from './network-name.ts';

/** As other names, with the VLAN of a network around it behind a dot. */
const NAME: NamePattern = {
  pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]*(\.[0-9]{1,4})?$/,
  rule: 'letters, digits, "_" and "-", with a letter or a digit first, and a VLAN behind a dot where there is one',
};
const MIN_MTU = 512;
const MAX_MTU = 9022;

type Fields = typeof networkFields;

export class CreateNetwork extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeNetwork extends ChangeCommand<ChangedValues<Fields>> {}
/** Deletes networks, with their links to blocks. */
export class DeleteNetwork extends DeleteCommand {}

function check(work: UnitOfWork, { name, mtu }: { readonly name?: string; readonly mtu?: number | null }): void {
  if (name !== undefined) checkPattern(work, 'name', name, 'invalid', NAME);
  if (mtu !== null && mtu !== undefined && (mtu < MIN_MTU || mtu > MAX_MTU)) {
    work.fault('mtu', 'RANGE', `must be between ${MIN_MTU} and ${MAX_MTU}`);
  }
}

@CommandHandler(CreateNetwork)
class CreateNetworkHandler extends UnitOfWorkHandler<CreateNetwork> {
  constructor(@Inject(Ids) private readonly ids: Ids) {
    super();
  }

  async decide(work: UnitOfWork, { values }: CreateNetwork) {
    const id = await this.ids.next('network');
    const { name, site, mtu, address_block_list: blocks } = values;
    check(work, { name, mtu });
    await siteFor(work, 'site', site);
    await takeNetworkName(work, id, { site, name });
    await work.decide(network, id, { type: 'DefineNetwork', data: { name, site, mtu } });
    for (const block of new Set(blocks)) {
      await addLink(
        work,
        await this.ids.next('networkAddressBlock'),
        { network: id, block, vlan: null },
        'address_block_list',
      );
    }
    return id;
  }
}

@CommandHandler(ChangeNetwork)
class ChangeNetworkHandler extends UnitOfWorkHandler<ChangeNetwork> {
  constructor(@Inject(Ids) private readonly ids: Ids) {
    super();
  }

  async decide(work: UnitOfWork, { key, values }: ChangeNetwork): Promise<void> {
    const id = Number(key);
    const found = await work.load(network, id);
    if (found.stage !== 'active') {
      work.fault('', 'NOT_FOUND', 'Network does not exist');
      return;
    }
    const before = found.value;
    const { name = before.name, site = before.site, mtu, address_block_list: blocks } = values;
    check(work, given({ name, mtu }));
    if (site !== before.site) await siteFor(work, 'site', site);
    if (name !== before.name || site !== before.site) {
      await freeNetworkName(work, id, before);
      await takeNetworkName(work, id, { site, name });
    }
    await work.decide(network, id, { type: 'ChangeNetwork', data: given({ name, site, mtu }) });
    if (blocks) await this.#link(work, id, before.links, new Set(blocks));
  }

  /** Links to exactly these blocks; links that are there stay as they are. */
  async #link(
    work: UnitOfWork,
    id: number,
    links: readonly { readonly link: number; readonly block: number }[],
    blocks: ReadonlySet<number>,
  ): Promise<void> {
    for (const { link, block } of links) if (!blocks.has(block)) await removeLink(work, link);
    for (const block of blocks) {
      if (links.some((one) => one.block === block)) continue;
      await addLink(
        work,
        await this.ids.next('networkAddressBlock'),
        { network: id, block, vlan: null },
        'address_block_list',
      );
    }
  }
}

const deleteNetwork = deleteHandler(DeleteNetwork, 'Utilities/Network', network, async (work, key) => {
  const found = await work.load(network, key);
  if (!('value' in found)) return;
  const { links } = found.value;
  await freeNetworkName(work, Number(key), found.value);
  for (const { link } of links) await removeLink(work, link);
});

export const networkHandlers = [CreateNetworkHandler, ChangeNetworkHandler, deleteNetwork];

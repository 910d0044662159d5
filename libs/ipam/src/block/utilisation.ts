import type { Shape, Shaped } from '#api';
import { shape } from '#api';
import type { View, Where } from '#read-store';
import { usedOffsets } from '../address/used-offsets.ts';
import { subnetOfBlock } from './address-block.ts';
import { addressBlocks } from './address-blocks.ts';

/** How many blocks are looked at, and how many of the fullest are named. */
export const MAX_UTILISED_BLOCKS = 10_000;
const MAX_FULLEST = 10;

const percentShape: Shape<number> = { schema: { type: 'number', minimum: 0, maximum: 100 } };

/** How full blocks are. */
export const utilisationShape = shape.record({
  blocks: shape.count('How many blocks there are.'),
  used: shape.count('How many of their addresses are in use, or held.'),
  ipv4: shape.record({
    usable: shape.count('How many addresses the IPv4 blocks have that can be used.'),
    used: shape.count(),
    percent: percentShape,
  }),
  full: shape.count('How many blocks are at least 90 % full.'),
  fullest: shape.list(
    shape.record({
      id: shape.count(),
      name: shape.text(),
      site: shape.text(),
      subnet: shape.text(),
      used: shape.count(),
      percent: percentShape,
    }),
    `The ${MAX_FULLEST} fullest.`,
  ),
});

const NEARLY_FULL = 90;
const percentOf = (used: bigint, size: bigint): number => (size === 0n ? 0 : Number((used * 1000n) / size) / 10);

/** How full the blocks of some sites are. @param sites undefined: of all */
export async function utilisationOf(
  view: View,
  sites: readonly string[] | undefined,
): Promise<Shaped<typeof utilisationShape>> {
  const where: Where = sites ? { site: { any: sites } } : {};
  const { rows, total } = await view.list(addressBlocks, { where, count: MAX_UTILISED_BLOCKS });
  const of = sites ? { where: { block: { any: rows.map(({ key }) => key) } } } : {};
  const tallied = await view.tally(usedOffsets, { ...of, by: ['block'] });
  const used = new Map(tallied.map(({ values: [block], count }) => [Number(block), BigInt(count)]));
  const blocks = rows.map(({ key, row }) => {
    const { usableSize, ipv4 } = subnetOfBlock(row);
    const taken = (used.get(Number(key)) ?? 0n) + (row.gatewayOffset === null ? 0n : 1n);
    return { key: Number(key), row, size: usableSize, ipv4, used: taken, percent: percentOf(taken, usableSize) };
  });
  const four = blocks.filter(({ ipv4 }) => ipv4);
  const sum = (of: (block: (typeof blocks)[number]) => bigint): bigint => four.reduce((all, one) => all + of(one), 0n);
  const [usable, taken] = [sum(({ size }) => size), sum((one) => one.used)];
  return {
    blocks: total,
    used: Number(blocks.reduce((all, one) => all + one.used, 0n)),
    ipv4: { usable: Number(usable), used: Number(taken), percent: percentOf(taken, usable) },
    full: blocks.filter(({ percent }) => percent >= NEARLY_FULL).length,
    fullest: blocks
      .toSorted((one, other) => other.percent - one.percent || one.key - other.key)
      .slice(0, MAX_FULLEST)
      .map(({ key, row: { name, site, subnet, prefix }, used: its, percent }) => ({
        id: key,
        name,
        site,
        subnet: `${subnet}/${prefix}`,
        used: Number(its),
        percent,
      })),
  };
}

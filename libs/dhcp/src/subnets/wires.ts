import type { SiteSubnet } from './site-subnet.ts';

/** Subnets by the wire they are on: those that are linked with each other, however far, are together. */
export function byWire(subnets: readonly SiteSubnet[]): readonly (readonly SiteSubnet[])[] {
  let wires: { readonly links: Set<string>; readonly subnets: SiteSubnet[] }[] = [];
  for (const subnet of subnets) {
    const touched = wires.filter(({ links }) => subnet.links.some((link) => links.has(link)));
    const joined = {
      links: new Set([...touched.flatMap(({ links }) => [...links]), ...subnet.links]),
      subnets: [...touched.flatMap((one) => one.subnets), subnet],
    };
    wires = [...wires.filter((one) => !touched.includes(one)), joined];
  }
  return wires.map((one) => one.subnets);
}

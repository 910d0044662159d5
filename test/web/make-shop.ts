import type { Journey } from '../start-journey.ts';

/** What a web shop of two tiers at the site `shop` is made of. */
export interface Shop {
  /** Of the block `lan`, 10.20.0.0/24. */
  readonly block: number;
  readonly network: number;
  readonly zone: number;
  /** Ids of the structures by their host names: `db1`, `web1`, `web2`. */
  readonly structures: Readonly<Record<string, number>>;
}

/** By the names of the machines. */
export const MACS: Readonly<Record<string, string>> = {
  db1: '52:54:00:20:00:01',
  web1: '52:54:00:20:00:02',
  web2: '52:54:00:20:00:03',
};

type Values = Readonly<Record<string, unknown>>;

/** Makes a site with a zone, a network and addresses, and planned machines on it, each with a MAC. */
export async function makeShop({ rest }: Pick<Journey, 'rest'>): Promise<Shop> {
  const post = async (path: string, values: Values): Promise<Values> => {
    const { status, body } = await rest('POST', path, values);
    if (status >= 300) throw new Error(`${path}: ${JSON.stringify(body)}`);
    return body;
  };
  const parent = (await post('Directory/Zone', { name: 'test' }))['id'];
  const zone = Number((await post('Directory/Zone', { name: 'shop', parent }))['id']);
  await post('Site/Site', { name: 'campus', description: 'All of it', config_values: { ntp: ['ntp1.example.org'] } });
  await post('Site/Site', { name: 'shop', description: 'The web shop', parent: 'campus', zone });
  const network = Number((await post('Utilities/Network', { name: 'lan', site: 'shop' }))['id']);
  const subnet = { name: 'lan', site: 'shop', subnet: '10.20.0.0', prefix: 24, gateway_offset: 1 };
  const block = Number((await post('Utilities/AddressBlock', subnet))['id']);
  await post('Utilities/NetworkAddressBlock', { network, address_block: block });
  await post('BluePrint/ResourceFile/load', { shipped: ['demo'] });
  const machines = { site: 'shop', foundation_type: 'Test', address_block: block, jobs: false };
  await post('Building/Machine/provision', { names: ['db1'], blueprint: 'demo-database', ...machines });
  await post('Building/Machine/provision', { names: ['web{1..2}'], blueprint: 'demo-web', ...machines });
  const interfaces = (await rest('GET', 'Utilities/RealNetworkInterface?count=100')).body['items'] as readonly Values[];
  for (const { id, foundation } of interfaces) {
    await rest('PATCH', `Utilities/RealNetworkInterface/${String(id)}`, { mac: MACS[String(foundation)] });
  }
  const { body } = await rest('GET', 'Building/Structure?count=100');
  const structures = Object.fromEntries(
    (body['items'] as readonly Values[]).map(({ hostname, id }) => [String(hostname), Number(id)]),
  );
  return { block, network, zone, structures };
}

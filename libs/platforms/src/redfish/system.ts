import { isMap } from '#platform';
import type { RedfishClient, Resource } from './client.ts';
import { linkOf } from './client.ts';

const SYSTEMS = '/redfish/v1/Systems';
const MANAGERS = '/redfish/v1/Managers';

/** A resource that was read, with where it is. */
export interface Found {
  readonly path: string;
  readonly resource: Resource;
  readonly etag: string | undefined;
}

/** Reads a resource together with where it is. */
export const found = async (client: RedfishClient, path: string): Promise<Found> => ({
  path,
  ...(await client.get(path)),
});

/** The machine: the first system of the service. @throws Error where it has none */
export async function systemOf(client: RedfishClient): Promise<Found> {
  const [path] = await client.members(SYSTEMS);
  if (path === undefined) throw new Error('the Redfish service has no system');
  return found(client, path);
}

/** What manages a machine: what it names itself, else the first manager of the service; undefined: there is none. */
export async function managerOf(client: RedfishClient, { resource }: Found): Promise<Found | undefined> {
  const links = resource['Links'];
  const managers = isMap(links) ? links['ManagedBy'] : undefined;
  const named = Array.isArray(managers) ? linkOf(managers[0]) : undefined;
  const path = named ?? (await client.members(MANAGERS))[0];
  return path === undefined ? undefined : found(client, path);
}

/** An action of a resource: where it is called, and the values that a parameter may have, where the service tells. */
export interface Action {
  readonly target: string;
  allowed(parameter: string): Promise<readonly string[] | undefined>;
}

/** Finds an action by its name (`#ComputerSystem.Reset`); undefined: the resource has none. */
export function actionOf(client: RedfishClient, { resource }: Found, name: string): Action | undefined {
  const actions = resource['Actions'];
  const action = isMap(actions) ? actions[name] : undefined;
  const target = isMap(action) ? action['target'] : undefined;
  if (!isMap(action) || typeof target !== 'string') return undefined;
  return {
    target,
    async allowed(parameter) {
      const here = textsIn(action[`${parameter}@Redfish.AllowableValues`]);
      const info = action['@Redfish.ActionInfo'];
      if (here || typeof info !== 'string') return here;
      const { resource: told } = await client.get(info);
      const parameters = Array.isArray(told['Parameters']) ? told['Parameters'].filter(isMap) : [];
      return textsIn(parameters.find((one) => one['Name'] === parameter)?.['AllowableValues']);
    },
  };
}

/** The texts of a list; undefined: it is none. */
export const textsIn = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;

/** A text of a resource; null where it has none. */
export const textIn = (resource: Resource, name: string): string | null => {
  const value = resource[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

import type { AgentParametersOf, TaskContext } from '#platform';
import { endpoint } from '../http/exchange.ts';
import { untilReady } from '../http/until-ready.ts';
import { SoapFault, soapCall } from '../soap/soap-call.ts';
import type { XmlContent } from '../xml/xml.ts';
import { element, type Xml } from '../xml/xml.ts';
import type { VcenterContract } from './contract.ts';

type Connection = AgentParametersOf<VcenterContract, 'create'>['connection'];

const PORT = 443;
const NAMESPACE = 'urn:vim25';
const XSD = 'http://www.w3.org/2001/XMLSchema';
const XSI = `${XSD}-instance`;
/** How long logging out may take, in milliseconds. */
const LOGOUT_MS = 5000;

/** An object of the inventory. */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

/** What stands before everything else a host has. */
export const SERVICE_INSTANCE: Ref = { type: 'ServiceInstance', id: 'ServiceInstance' };

/** Properties of an object by their paths. */
export type Properties = Readonly<Record<string, Xml>>;

/** A session with a vCenter or an ESX host. */
export interface Vim {
  /** The host, as messages name it. */
  readonly host: string;
  /** Whether it is an ESX host by itself. */
  readonly isEsx: boolean;
  /** What the service has, by name: `rootFolder`, `searchIndex`. */
  service(name: string): Ref;
  /** Calls a method of an object; results in what it returns. */
  call(method: string, on: Ref, content?: XmlContent): Promise<Xml>;
  /** Calls a method that makes a task, and waits for its end; results in its result. @throws Error where it failed */
  finish(method: string, on: Ref, content?: XmlContent): Promise<Xml | undefined>;
  /** Properties of some objects of one type, by id. */
  read(objects: readonly Ref[], ...paths: readonly string[]): Promise<ReadonlyMap<string, Properties>>;
  /** Properties of all objects of a type below another one, by id, in one call. */
  readBelow(root: Ref, type: string, ...paths: readonly string[]): Promise<ReadonlyMap<string, Properties>>;
}

/** An object as a message names it. */
export const refElement = (name: string, { type, id }: Ref) => element(name, id, { type });
/** An element of a type that is derived from the one a message asks for. */
export const typed = (name: string, type: string, content: XmlContent) => element(name, content, { 'xsi:type': type });
/** The object that an element names. */
export const refOf = (xml: Xml): Ref => ({ type: xml.attribute('type') ?? '', id: xml.text });
/** The objects that a list names; none where there is no list. */
export const refsOf = (xml: Xml | undefined): Ref[] => (xml?.all('ManagedObjectReference') ?? []).map(refOf);

/** Whether a service has refused a call. */
export const isRefusal = (error: unknown): boolean => error instanceof Error && error.cause instanceof SoapFault;

/** The fault that a service has told, by its name: `ToolsUnavailable`. */
export const faultName = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? error.cause : undefined;
  const fault = error instanceof SoapFault ? error : cause instanceof SoapFault ? cause : undefined;
  return fault?.detail?.all()[0]?.name.replace(/Fault$/, '');
};

/**
 * Works in a session of its own, which is logged out in the end.
 * @param pausesMs between two looks at a task
 */
export async function withVim<T>(
  { host, credentials: given }: Connection,
  { signal, credentials, debug }: Pick<TaskContext, 'signal' | 'credentials' | 'debug'>,
  work: (vim: Vim) => Promise<T>,
  pausesMs?: readonly number[],
): Promise<T> {
  const url = new URL('sdk', endpoint(host, 'https', PORT));
  let cookie: string | undefined;
  const raw = async (method: string, on: Ref, content: XmlContent, until: AbortSignal): Promise<Xml> => {
    const message = element(method, [refElement('_this', on), content], { xmlns: NAMESPACE });
    const headers = { soapaction: `"${NAMESPACE}/6.0"`, ...(cookie === undefined ? {} : { cookie }) };
    const { body, cookies } = await soapCall(
      { url, namespaces: { xsi: XSI, xsd: XSD }, headers, signal: until },
      message,
    );
    cookie = cookies[0]?.split(';')[0] ?? cookie;
    return body;
  };
  const known = await credentials(given);
  const { username, password, token } = known ?? {};
  if (!token && (!username || !password)) {
    throw new Error('the credentials of vCenter are a username and a password, or a token');
  }
  const content = (await raw('RetrieveServiceContent', SERVICE_INSTANCE, [], signal)).at('returnval');
  const service = (name: string): Ref => {
    const found = content?.at(name);
    if (!found) throw new Error(`${url.host} has no ${name}`);
    return refOf(found);
  };
  const sessions = service('sessionManager');
  const login = token
    ? (['LoginBySSPI', element('base64Token', token.reveal())] as const)
    : (['Login', [element('userName', username?.reveal()), element('password', password?.reveal())]] as const);
  await raw(login[0], sessions, login[1], signal).catch((error: unknown) => {
    if (!(error instanceof SoapFault)) throw error;
    throw new Error(`${url.host} refuses "${username?.reveal() ?? 'the token'}": ${error.message}`, { cause: error });
  });
  const call: Vim['call'] = async (method, on, inside = []) => {
    try {
      return await raw(method, on, inside, signal);
    } catch (error) {
      if (!(error instanceof SoapFault)) throw error;
      // Some faults have a name and no text.
      const why = error.message || (faultName(error) ?? 'it does not say why');
      throw new Error(`${url.host} refuses ${method}: ${why}`, { cause: error });
    }
  };
  const collect = async (
    type: string,
    paths: readonly string[],
    objects: readonly XmlContent[],
  ): Promise<ReadonlyMap<string, Properties>> => {
    const spec = element('specSet', [
      element('propSet', [element('type', type), paths.map((path) => element('pathSet', path))]),
      objects.map((one) => element('objectSet', one)),
    ]);
    const found = await call('RetrieveProperties', service('propertyCollector'), spec);
    return new Map(
      found.all('returnval').map((one) => [
        one.at('obj')?.text ?? '',
        Object.fromEntries(
          one.all('propSet').flatMap((property) => {
            const [name, value] = [property.at('name'), property.at('val')];
            return name && value ? [[name.text, value] as const] : [];
          }),
        ),
      ]),
    );
  };
  const read: Vim['read'] = async (objects, ...paths) => {
    const type = objects[0]?.type;
    if (type === undefined) return new Map();
    const named = objects.map((one) => refElement('obj', one));
    return collect(type, paths, named);
  };
  const readBelow: Vim['readBelow'] = async (root, type, ...paths) => {
    const order = [refElement('container', root), element('type', type), element('recursive', true)];
    const view = (await call('CreateContainerView', service('viewManager'), order)).at('returnval');
    if (!view) throw new Error(`${url.host} answers CreateContainerView with no view`);
    const inside = typed('selectSet', 'TraversalSpec', [
      element('type', 'ContainerView'),
      element('path', 'view'),
      element('skip', false),
    ]);
    return collect(type, paths, [[refElement('obj', refOf(view)), element('skip', true), inside]]);
  };
  const finish: Vim['finish'] = async (method, on, inside = []) => {
    const returned = (await call(method, on, inside)).at('returnval');
    if (!returned) throw new Error(`${url.host} answers ${method} with no task`);
    const task = refOf(returned);
    const info = await untilReady(
      async () => {
        const now = (await read([task], 'info')).get(task.id)?.['info'];
        const state = now?.at('state')?.text;
        return state === 'queued' || state === 'running' ? undefined : now;
      },
      signal,
      pausesMs,
    );
    if (info.at('state')?.text === 'success') return info.at('result');
    const why = info.at('error', 'localizedMessage')?.text ?? 'it does not say why';
    const fault = info.at('error', 'fault')?.attribute('type') ?? '';
    throw new TaskFailed(`${method} at ${url.host} failed: ${why}`, fault.split(':').at(-1) ?? '');
  };
  try {
    const isEsx = content?.at('about', 'apiType')?.text === 'HostAgent';
    return await work({ host: url.host, isEsx, service, call, finish, read, readBelow });
  } finally {
    // A host that does not answer forgets the session by itself.
    await raw('Logout', sessions, [], AbortSignal.timeout(LOGOUT_MS)).catch((error: Error) =>
      debug('not logged out', { host: url.host, error: error.message }),
    );
  }
}

/** A task that failed, with the name of its fault. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';

  constructor(
    text: string,
    readonly fault: string,
  ) {
    super(text);
  }
}

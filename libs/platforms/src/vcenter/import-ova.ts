import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TaskContext } from '#platform';
import { untilReady } from '../http/until-ready.ts';
import type { Xml, XmlElement } from '../xml/xml.ts';
import { element } from '../xml/xml.ts';
import { download } from '../ssh/download.ts';
import type { VcenterVm } from './contract.ts';
import { networkNamed, propertiesOf } from './inventory.ts';
import type { ArchivedFile } from './ova-file.ts';
import { filesIn, textOfFile } from './ova-file.ts';
import type { Place } from './place.ts';
import { textOf } from './properties.ts';
import type { Ref, Vim } from './session.ts';
import { refElement, refOf, SERVICE_INSTANCE } from './session.ts';
import { upload } from './upload.ts';

/** How often a host is told that disks are still on their way, in milliseconds: it gives up after some minutes. */
const PROGRESS_MS = 10_000;
/** How often a host is asked for the time meanwhile, in milliseconds: a vCenter ends sessions that are idle for half an hour. */
const ALIVE_MS = 300_000;

/** What an import takes besides the machine. */
export interface ImportOptions {
  readonly place: Place;
  /** What the machine is marked with from its beginning. */
  readonly annotation: string;
  readonly signal: AbortSignal;
  readonly debug: TaskContext['debug'];
  readonly pausesMs: readonly number[] | undefined;
  /** How often the session is used while the OVA is fetched, in milliseconds; every five minutes unless said. */
  readonly aliveMs?: number;
}

/** Makes a machine of an OVA: of its description, and then of its disks, which are sent one after the other. */
export async function importOva(vim: Vim, vm: VcenterVm, options: ImportOptions): Promise<Ref> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-ova-'));
  try {
    const archive = path.join(folder, 'ova');
    await keptAlive(vim, options, () => download(vm.ova ?? '', archive, options));
    const files = await filesIn(archive).catch((error: Error) => {
      throw new Error(`${vm.ova} is no OVA: ${error.message}`);
    });
    const description = files.find(({ name }) => name.endsWith('.ovf'));
    if (!description) throw new Error(`${vm.ova} is no OVA: it has no .ovf`);
    const ovf = settable(await textOfFile(archive, description), Object.keys(vm.property_map ?? {}));
    const { spec, items } = await importSpec(vim, vm, ovf, options);
    return await send(vim, { archive, files, spec, items }, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does what takes its time without the host, in whose session something is asked meanwhile. */
async function keptAlive(
  vim: Vim,
  { debug, aliveMs = ALIVE_MS }: Pick<ImportOptions, 'debug' | 'aliveMs'>,
  work: () => Promise<unknown>,
): Promise<void> {
  const timer = setInterval(() => {
    // Whether the session is still there, the next call tells.
    vim
      .call('CurrentTime', SERVICE_INSTANCE)
      .catch((error: Error) => debug('the session was not kept alive', { error: error.message }));
  }, aliveMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

/** A description in which properties can be set, also those that its author has not foreseen for that. */
function settable(ovf: string, names: readonly string[]): string {
  return ovf.replaceAll(/<(?:\w+:)?Property\b[^>]*>/g, (tag) => {
    const [, key = ''] = /\bovf:key="([^"]*)"/.exec(tag) ?? [];
    if (!names.some((name) => name === key || name.endsWith(`.${key}`))) return tag;
    const bare = tag.replaceAll(/\s+ovf:userConfigurable="[^"]*"/g, '');
    return bare.replace(/\s*\/?>$/, (end) => ` ovf:userConfigurable="true"${end.trimStart()}`);
  });
}

/** A file that the host wants. */
interface WantedFile {
  readonly device: string;
  readonly path: string;
  readonly method: 'POST' | 'PUT';
}

async function importSpec(vim: Vim, vm: VcenterVm, ovf: string, { place, annotation }: ImportOptions) {
  const networks: XmlElement[] = [];
  for (const { physical_location: location, network } of vm.interface_list) {
    const its = await networkNamed(vim, place.host, network);
    networks.push(element('networkMapping', [element('name', location), refElement('network', its)]));
  }
  const order = element('cisp', [
    element('locale', 'US'),
    element('deploymentOption', vm.deployment_option ?? ''),
    element('entityName', vm.name),
    refElement('hostSystem', place.host),
    networks,
    vm.ip_protocol === undefined ? undefined : element('ipProtocol', vm.ip_protocol),
    Object.entries(vm.property_map ?? {}).map(([key, value]) =>
      element('propertyMapping', [element('key', key), element('value', textOf(value))]),
    ),
    vm.disk_provisioning === undefined ? undefined : element('diskProvisioning', vm.disk_provisioning),
  ]);
  const made = (
    await vim.call('CreateImportSpec', vim.service('ovfManager'), [
      element('ovfDescriptor', ovf),
      refElement('resourcePool', place.pool),
      refElement('datastore', place.datastore),
      order,
    ])
  ).at('returnval');
  const faults = made?.all('error').map((one) => one.at('localizedMessage')?.text ?? 'it does not say what');
  const spec = made?.at('importSpec');
  if (!made || !spec || (faults && faults.length > 0)) {
    throw new Error(`${vim.host} makes nothing of ${vm.ova}: ${faults?.join('; ') || 'it does not say why'}`);
  }
  const items = made.all('fileItem').map((item): WantedFile => ({
    device: item.at('deviceId')?.text ?? '',
    path: item.at('path')?.text ?? '',
    method: item.at('create')?.text === 'true' ? 'PUT' : 'POST',
  }));
  const config = spec.at('configSpec');
  const marked = config && annotated(config, annotation);
  return { spec: spec.copy('spec', marked ? { configSpec: marked } : {}), items };
}

/** What comes before the annotation in the configuration of a machine: vSphere reads elements in their order. */
const BEFORE =
  /^(changeVersion|name|version|createDate|uuid|instanceUuid|npiv\w+|locationId|guestId|alternateGuestName)$/;

function annotated(config: Xml, annotation: string): XmlElement {
  const all = config.all().filter(({ name }) => name !== 'annotation');
  const first = all.filter(({ name }) => BEFORE.test(name));
  const rest = all.filter(({ name }) => !BEFORE.test(name));
  const copies = (some: readonly Xml[]) => some.map((one) => one.copy(one.name));
  return { ...config.copy('configSpec'), content: [copies(first), element('annotation', annotation), copies(rest)] };
}

interface Sending {
  readonly archive: string;
  readonly files: readonly ArchivedFile[];
  readonly spec: XmlElement;
  readonly items: readonly WantedFile[];
}

/** Begins the import and sends the disks. @returns the machine */
async function send(vim: Vim, { archive, files, spec, items }: Sending, options: ImportOptions): Promise<Ref> {
  const { place, signal, pausesMs, debug } = options;
  const order = [spec, refElement('folder', place.folder), refElement('host', place.host)];
  const returned = (await vim.call('ImportVApp', place.pool, order)).at('returnval');
  if (!returned) throw new Error(`${vim.host} begins no import`);
  const lease = refOf(returned);
  const info = await untilReady(async () => leaseInfo(vim, lease), signal, pausesMs);
  let told = Date.now();
  try {
    for (const [n, { device, path: name, method }] of items.entries()) {
      const file = files.find((one) => one.name === name);
      const url = info
        .all('deviceUrl')
        .find((one) => one.at('importKey')?.text === device)
        ?.at('url')?.text;
      if (!file || url === undefined) throw new Error(`${name} is wanted by ${vim.host}, and not in the OVA`);
      const sent = (bytes: number): void => {
        if (Date.now() - told < PROGRESS_MS) return;
        told = Date.now();
        const percent = Math.floor((100 * (n + bytes / Math.max(1, file.size))) / items.length);
        // What goes wrong is seen by the upload itself.
        vim
          .call('HttpNfcLeaseProgress', lease, element('percent', percent))
          .catch((error: Error) => debug('the progress was not told', { error: error.message }));
      };
      await upload(archive, file, { url: new URL(url.replace('*', vim.host)), method, signal, sent });
    }
    await vim.call('HttpNfcLeaseComplete', lease);
  } catch (error) {
    // With the lease, what it was for goes.
    await vim
      .call('HttpNfcLeaseAbort', lease)
      .catch((failed: Error) => debug('the import was not taken back', { error: failed.message }));
    throw error;
  }
  const entity = info.at('entity');
  if (!entity) throw new Error(`${vim.host} does not say which machine it has made`);
  return refOf(entity);
}

/** What a host says of an import that is ready; undefined: it is not. @throws Error where it failed */
async function leaseInfo(vim: Vim, lease: Ref): Promise<Xml | undefined> {
  const { state, info, error } = await propertiesOf(vim, lease, 'state', 'info', 'error');
  if (state?.text === 'ready') return info;
  if (state?.text !== 'error') return undefined;
  throw new Error(`the import failed at ${vim.host}: ${error?.at('localizedMessage')?.text ?? 'it does not say why'}`);
}

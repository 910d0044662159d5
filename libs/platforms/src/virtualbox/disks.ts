import type { VirtualboxVm as Vm } from './contract.ts';
import type { Vbox } from './session.ts';
import { isNotFound } from './session.ts';

const GIB = 2 ** 30;
const USUAL_GIB = 10;

/** Makes the disks of a locked machine, or takes images that are there, and attaches them. */
export async function addDisks(vbox: Vbox, machine: string, disks: Vm['disk_list']): Promise<void> {
  const { call } = vbox;
  const settings = await call('IMachine_getSettingsFilePath', machine);
  const folder = settings.slice(0, Math.max(settings.lastIndexOf('/'), settings.lastIndexOf('\\')) + 1);
  const ports = { SCSI: 0, SATA: 0 };
  for (const { name, size = USUAL_GIB, file } of disks) {
    const isOptical = file?.toLowerCase().endsWith('.iso') === true;
    const medium =
      file === undefined
        ? await newDisk(vbox, `${folder}${name}.vdi`, size)
        : await openImage(vbox, file, isOptical ? 'DVD' : 'HardDisk');
    const controller = isOptical ? 'SATA' : 'SCSI';
    await call('IMachine_attachDevice', machine, {
      name: controller,
      controllerPort: ports[controller],
      device: 0,
      type: isOptical ? 'DVD' : 'HardDisk',
      medium,
    });
    ports[controller] += 1;
  }
}

const openImage = ({ call, root }: Vbox, location: string, deviceType: 'DVD' | 'HardDisk'): Promise<string> =>
  call('IVirtualBox_openMedium', root, {
    location,
    deviceType,
    accessMode: deviceType === 'DVD' ? 'ReadOnly' : 'ReadWrite',
    forceNewUuid: false,
  });

/** Makes a disk of so many GiB; what a task that was killed has left in its place goes first. */
async function newDisk(vbox: Vbox, location: string, size: number): Promise<string> {
  const { call, root, finish } = vbox;
  const left = await openImage(vbox, location, 'HardDisk').catch((error: unknown) => {
    if (isNotFound(error) || isNoFile(error)) return undefined;
    throw error;
  });
  if (left !== undefined) await finish(await call('IMedium_deleteStorage', left));
  const medium = await call('IVirtualBox_createMedium', root, {
    format: 'vdi',
    location,
    accessMode: 'ReadWrite',
    aDeviceTypeType: 'HardDisk',
  });
  const made = await call('IMedium_createBaseStorage', medium, { logicalSize: size * GIB, variant: ['Standard'] });
  await finish(made);
  const state = await call('IMedium_getState', medium);
  if (state !== 'Created') throw new Error(`disk ${location} at ${vbox.host} is "${state}" and not "Created"`);
  return medium;
}

/** Whether VirtualBox says that a file can not be read: there is none. */
const isNoFile = (error: unknown): boolean => error instanceof Error && /rc=0x80bb0004/i.test(error.message);

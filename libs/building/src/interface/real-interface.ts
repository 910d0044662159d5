import { entity } from '#kernel';

/** A network interface that a foundation has by itself. */
export interface RealInterface {
  /** Locator. */
  foundation: string;
  /** Inside the operating system; once for each foundation, as addresses name their interface so. */
  name: string;
  /** As the firmware and the boot image see it; once for each foundation. */
  physicalLocation: string;
  network: number;
  /** `aa:bb:cc:dd:ee:ff` */
  mac: string | null;
  /** Whether it is the one the foundation is installed over. */
  provisioning: boolean;
  /** LLDP name of the port of the switch. */
  linkName: string | null;
  /** What it boots next. */
  pxe: string | null;
}

export const realInterface = entity<RealInterface>()({
  noun: 'RealInterface',
  title: 'Real network interface',
  category: 'realInterface',
  idField: 'id',
  changes: {
    RealInterfaceMoved: 'foundation',
    RealInterfaceRenamed: 'name',
    RealInterfaceLocated: 'physicalLocation',
    RealInterfaceAttached: 'network',
    RealInterfaceMacChosen: 'mac',
    RealInterfaceProvisioningChosen: 'provisioning',
    RealInterfaceLinkNamed: 'linkName',
    RealInterfacePxeChosen: 'pxe',
  },
});

import path from 'node:path';
import type { Kea, Named } from '#testing';
import { ADMIN_PASSWORD, SECRET_KEY } from '#testing';

/** Where machines reach the server. */
export const SERVER = 'http://10.77.0.1';
/** Where the subcontractor serves files. */
const FILES = '10.77.0.2';

/** Settings of the server of a hall, whose files are below a folder. */
export const serverSettings = (databaseUrl: string, folder: string, named: Named) => ({
  DATABASE_URL: databaseUrl,
  CONTRACTOR_HOST: '10.77.0.1',
  CONTRACTOR_PORT: '80',
  CONTRACTOR_URL: SERVER,
  CONTRACTOR_PXE_URL: `http://${FILES}/pxe/`,
  CONTRACTOR_IMAGES: path.join(folder, 'images'),
  CONTRACTOR_SUBCONTRACTOR: 'none',
  CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
  CONTRACTOR_SECRET_KEY: SECRET_KEY,
  BIND_ZONE_DIRECTORY: named.zones,
  BIND_SERVER: named.address,
  BIND_RNDC_PORT: String(named.rndcPort),
  BIND_RNDC_KEY: named.rndcKey,
});

/** How firmware that is UEFI loads iPXE. */
export type UefiLoads = 'tftp' | 'http';

/** Settings of its subcontractor. */
export const agentSettings = (kea: Kea, folder: string, uefi: UefiLoads) => ({
  SUBCONTRACTOR_SERVER: SERVER,
  SUBCONTRACTOR_USER: 'root',
  SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
  SUBCONTRACTOR_SITE: 'site1',
  SUBCONTRACTOR_NAME: 'edge1',
  SUBCONTRACTOR_STATE: path.join(folder, 'state'),
  SUBCONTRACTOR_POLL_INTERVAL: '1',
  SUBCONTRACTOR_KEA4: kea.socket,
  SUBCONTRACTOR_DHCP_INTERVAL: '1',
  ...(uefi === 'http' ? { SUBCONTRACTOR_DHCP_FILES_URL: `http://${FILES}` } : { SUBCONTRACTOR_DHCP_TFTP: FILES }),
  // They wait there for a server that is away.
  SUBCONTRACTOR_DHCP_BOOT_URL: `http://${FILES}`,
  SUBCONTRACTOR_TFTP: FILES,
  SUBCONTRACTOR_HTTP: FILES,
  SUBCONTRACTOR_FILES: path.join(folder, 'static'),
});

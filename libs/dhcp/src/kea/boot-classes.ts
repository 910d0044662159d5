import type { SiteSubnet } from '../subnets/site-subnet.ts';
import type { DhcpSettings } from './boot-settings.ts';
import { bootScriptUrl } from './boot-settings.ts';
import type { KeaMap } from './kea-json.ts';
import { rawOption, textOption } from './kea-json.ts';

/** How many octets the field for the boot file of a DHCP message has room for. */
const MAX_FILE = 127;
/** Option 175 of iPXE with its option 176 (no-pxedhcp): it does not wait for a proxy. */
const NO_PXEDHCP = rawOption(175, Uint8Array.of(176, 1, 1));
/** What firmware that boots over HTTP wants to read in answers. */
const HTTP_CLIENT = textOption(60, 'HTTPClient');

/** The class of machines that are known by their MAC. */
export const MACHINE = 'machine';

/** The class of machines whose boot files are named after a console. */
export const consoleClass = (console: string): string => `console-${console}`;

/** How a boot file is told: in its field, or as option 67 where it is longer than the field. */
export const bootFile = (file: string): KeaMap =>
  Buffer.byteLength(file) <= MAX_FILE ? { 'boot-file-name': file } : { 'option-data': [textOption(67, file)] };

/** Kinds of clients, each apart from the others; what the client is, says the user class or option 93. */
const KINDS: readonly KeaMap[] = [
  { name: 'ipxe', test: "option[77].hex == 'iPXE'" },
  {
    name: 'bios',
    test: "not member('ipxe') and (option[93].hex == 0x0000 or (not option[93].exists and substring(option[60].hex,0,9) == 'PXEClient'))",
  },
  { name: 'uefi', test: "not member('ipxe') and (option[93].hex == 0x0007 or option[93].hex == 0x0009)" },
  { name: 'uefi-http', test: "not member('ipxe') and option[93].hex == 0x0010" },
];

/** Everything by which clients are told apart, and what each kind boots. */
export function bootClasses(subnets: readonly SiteSubnet[], settings: DhcpSettings): readonly KeaMap[] {
  const { bootUrl, staticLease } = settings;
  const consoles = [...new Set(subnets.flatMap(({ machines }) => machines.map((one) => one.console)))].toSorted();
  const script = bootFile(bootScriptUrl(bootUrl));
  const [ipxe = {}, ...firmware] = KINDS;
  return [
    { ...ipxe, ...script, 'option-data': [...((script['option-data'] as KeaMap[]) ?? []), NO_PXEDHCP] },
    ...firmware,
    { name: 'reserved', test: "member('KNOWN')", 'valid-lifetime': staticLease },
    { name: MACHINE },
    ...consoles.map((console) => ({ name: consoleClass(console) })),
    ...consoles.flatMap((console) => filesOf(console, `member('${consoleClass(console)}')`, settings)),
    ...(settings.console === undefined ? [] : filesOf(settings.console, `not member('${MACHINE}')`, settings, 'pool')),
  ];
}

/** The boot files named after a console, for clients of which a test is true. */
function filesOf(
  console: string,
  test: string,
  { tftp, filesUrl }: DhcpSettings,
  name: string = console,
): readonly KeaMap[] {
  const classOf = (kind: string, more: KeaMap): KeaMap => ({
    name: `${kind}-${name}`,
    test: `${test} and member('${kind}')`,
    // On a wire with several subnets it is known late which machine it is.
    'only-if-required': true,
    ...more,
  });
  const overTftp = (kind: string, file: string) =>
    tftp === undefined ? [] : [classOf(kind, { 'next-server': tftp, ...bootFile(file) })];
  const overHttp = (): readonly KeaMap[] => {
    if (filesUrl === undefined) return [];
    const file = bootFile(`${filesUrl}/${console}.efi`);
    return [
      classOf('uefi-http', { ...file, 'option-data': [...((file['option-data'] as KeaMap[]) ?? []), HTTP_CLIENT] }),
    ];
  };
  return [...overTftp('bios', `${console}.kpxe`), ...overTftp('uefi', `${console}.efi`), ...overHttp()];
}

/** The classes that are looked at once it is known which machine it is. */
export const requiredClasses = (classes: readonly KeaMap[]): readonly string[] =>
  classes
    .filter((one) => one['only-if-required'] === true)
    .flatMap(({ name }) => (typeof name === 'string' ? [name] : []));

import { describe, expect, it } from '@jest/globals';
import { bootFlagsIn } from './boot.ts';
import { completionCodeIn, isPassing, sessionFaultIn, tellsOfError } from './faults.ts';
import { entriesIn, readingsIn } from './readings.ts';

describe('what ipmitool tells', () => {
  it.each([
    ['> RAKP 2 HMAC is invalid\nError: Unable to establish IPMI v2 / RMCP+ session', 'password'],
    ['RAKP 2 message indicates an error : unauthorized name', 'user'],
    ['RAKP 2 message indicates an error : unauthorized role or privilege level requested', 'role'],
    ['Set Session Privilege Level to ADMINISTRATOR failed', 'none'],
    ['Error in open session response message : invalid authentication algorithm', 'cipher'],
    ['Error in open session response message : insufficient resources for session', 'busy'],
    ['Error: Unable to establish IPMI v2 / RMCP+ session', 'none'],
  ])('of a session: %s', (output, fault) => {
    expect(sessionFaultIn(output)).toBe(fault);
  });

  it.each([
    ['Error: Unable to establish IPMI v2 / RMCP+ session', true],
    ['Error: Received an Unexpected Open Session Response', true],
    ['Error sending request.\nGet Device ID command failed', true],
    ['lanplus.c: Assertion `session->v2_data.session_state == LANPLUS_STATE_PRESESSION` failed', true],
    ['Set Chassis Power Control to Up/On failed: Invalid data field in request', false],
  ])('may pass: %s: %p', (output, passes) => {
    expect(isPassing(output)).toBe(passes);
  });

  it.each([
    ['', false],
    ['SEL has no entries', false],
    ['Get SDR 0012 command failed', true],
    ['Error obtaining SDR info', true],
    ['Unable to renew SDR reservation', true],
    ['IANA PEN registry open failed: No such file or directory\nFailed to load entries from IANA PEN Registry', false],
  ])('besides a list: %p says that it is not all of it: %p', (said, isPart) => {
    expect(tellsOfError(said)).toBe(isPart);
  });

  it('has a completion code', () => {
    const output = 'Unable to send RAW command (channel=0x0 netfn=0x6 lun=0x0 cmd=0x47 rsp=0x80): Unknown (0x80)';
    expect([completionCodeIn(output), completionCodeIn('Error')]).toEqual([0x80, undefined]);
  });
});

describe('boot flags', () => {
  const printed = (data: string) =>
    `Boot parameter version: 1\nBoot parameter 5 is valid/unlocked\nBoot parameter data: ${data}\n`;

  it.each([
    ['0000000000', { device: 'none', persistent: false, efi: false, in_force: false }],
    ['0004000000', { device: 'pxe', persistent: false, efi: false, in_force: false }],
    ['8004000000', { device: 'pxe', persistent: false, efi: false, in_force: true }],
    ['c008000000', { device: 'disk', persistent: true, efi: false, in_force: true }],
    ['e014000000', { device: 'cdrom', persistent: true, efi: true, in_force: true }],
    ['a018000000', { device: 'bios', persistent: false, efi: true, in_force: true }],
  ])('%s', (data, flags) => {
    expect(bootFlagsIn(printed(data))).toEqual(flags);
  });

  it('are an error where they are not there, or name what has no name', () => {
    expect(() => bootFlagsIn('Boot parameter version: 1')).toThrow('the BMC does not tell its boot flags');
    expect(() => bootFlagsIn(printed('8020000000'))).toThrow('the boot flags of the BMC say device 8');
  });
});

it('sensors are read, with a reading or without', () => {
  const printed = `CPU Temp,42,degrees C,ok
12V,11.97,Volts,ok
FAN 1,,,ns
PSU1 Status,51h,ok,10.1,Presence detected, Power Supply AC lost
CPU1 Status,9Ah,ns,3.1,No Reading
nothing
`;
  expect(readingsIn(printed)).toEqual([
    { name: 'CPU Temp', value: 42, unit: 'degrees C', status: 'ok' },
    { name: '12V', value: 11.97, unit: 'Volts', status: 'ok' },
    { name: 'FAN 1', value: null, unit: '', status: 'ns' },
    { name: 'PSU1 Status', value: null, unit: '', status: 'ok' },
    { name: 'CPU1 Status', value: null, unit: '', status: 'ns' },
  ]);
});

it('entries of the event log are read', () => {
  expect(
    entriesIn('1,11/29/2026,21:40:01,Power Supply #0x51,Presence detected,Asserted\n2,Pre-Init,,Fan,x,y\n'),
  ).toEqual([
    {
      id: '1',
      at: '11/29/2026 21:40:01',
      sensor: 'Power Supply #0x51',
      event: 'Presence detected',
      direction: 'Asserted',
    },
    { id: '2', at: 'Pre-Init', sensor: 'Fan', event: 'x', direction: 'y' },
  ]);
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { serverHalves } from '#platforms/servers';
import type { WireCase, WireDecisions } from '../scripts/wire-cases.ts';
import { calledBy, checkWireCase, decisionOn, isPlayable } from '../scripts/wire-cases.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`./cases/${name}`, import.meta.url), 'utf8'));
const { cases } = read('wire.json') as { readonly cases: readonly WireCase[] };
const decisions = read('wire-decided.json') as WireDecisions;

/** The platforms whose recorded exchanges have to hold. */
const BUILT = ['iputils', 'ssh', 'virtualbox', 'vcenter', 'proxmox', 'libvirt', 'ipmi', 'redfish', 'amt', 'docker'];

const isBuilt = (row: WireCase): boolean => BUILT.includes(calledBy(row).platform);
const titled = (row: WireCase) => {
  const decision = decisionOn(row, decisions);
  return [decision ? `${row.case}, otherwise than recorded: ${decision.reason}` : row.case, row] as const;
};

describe('what passed between the server and agents of the original passes here too', () => {
  it('in 41 recorded calls, each with a title of its own', () => {
    expect(new Set(cases.map((row) => row.case)).size).toBe(cases.length);
    expect(cases).toHaveLength(41);
  });

  it.each(cases.filter(isBuilt).map(titled))('%s', (_, row) => {
    expect(isPlayable(row)).toBe(true);
    expect(checkWireCase(row, decisions)).toEqual([]);
  });

  const others = cases.filter((row) => !isBuilt(row)).map((row) => [calledBy(row).platform, row.case] as const);
  it.each(others)('not with %s, which is not among the platforms that are built: %s is not played', (platform) => {
    // As soon as it is built, it belongs to the list above.
    expect(serverHalves.map(({ name }) => name)).not.toContain(platform);
  });

  it('otherwise for a reason alone, and in a case that was recorded', () => {
    const functions = cases.map((row) => [row.case, `${calledBy(row).platform}.${calledBy(row).name}`]).flat();
    for (const [name, { reason }] of Object.entries(decisions)) {
      expect(functions).toContain(name);
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ScriptHarness } from '../../test/script-harness.suite.ts';
import { ipmi } from '../ipmi/server.ts';
import { redfish } from '../redfish/server.ts';

const connection = { ip_address: '192.0.2.20', credentials: { username: 'admin', password: 'pw' } };
const PLATFORMS = { ipmi, redfish };
/** What the tasks before the settings bring: a good link, and a machine that is off. */
const BEFORE = { ipmi: { score: 1 }, redfish: { success: true } };

/** The script by which a machine of a platform is made ready, with values of its configuration, up to where it is off. */
function created(platform: keyof typeof PLATFORMS, config: Readonly<Record<string, unknown>>): ScriptHarness {
  const resources = readFileSync(new URL(`../${platform}/resources/${platform}.toml`, import.meta.url), 'utf8');
  const [, lines = ''] = new RegExp(`\\[script\\.${platform}-create\\][^]*?'''\n([^]*?)'''`).exec(resources) ?? [];
  const half = PLATFORMS[platform];
  const script = new ScriptHarness(half, lines, half.foundationTypes[0], { connection }, { config });
  for (const result of [BEFORE[platform], { state: 'off' }]) {
    script.run();
    script.task();
    script.answer(result);
  }
  return script;
}

describe('a machine is made ready', () => {
  it.each(['ipmi', 'redfish'] as const)('where no settings are declared: %s', (platform) => {
    // It goes on to wipe the disks, which is nothing of its platform.
    expect(created(platform, {}).run()).toMatchObject({ message: expect.stringContaining('"signaling"') });
  });

  it('with the settings that are declared', () => {
    const bmc = created('ipmi', { ipmi_bmc_settings: { lan: { vlan: 7 } } });
    bmc.run();
    expect(bmc.task()).toMatchObject({ function: 'apply_bmc', parameters: { settings: { lan: { vlan: 7 } } } });
    const service = created('redfish', { redfish_bios_settings: { NumLock: 'Off' } });
    service.run();
    expect(service.task()).toMatchObject({ function: 'apply_bios', parameters: { settings: { NumLock: 'Off' } } });
  });
});

import type { BootService, BootSource } from '#boot/agent';
import { BootFiles, CannotListen, serveBoot } from '#boot/agent';
import { readSubnets } from '#dhcp/agent';
import type { Logger } from '#kernel';
import { BadSetting, BadSettings } from '#runtime/settings';
import type { PollServer } from '#wire';
import { isFinal, pollServer } from '#wire';
import { wantsBoot } from './boot.settings.ts';
import { wantsDhcp } from './dhcp.settings.ts';
import type { Settings } from './settings.ts';

/**
 * What machines at all the sites of the settings boot from, and what they do then; undefined: they boot nothing of ours.
 * @throws BadSettings where a port cannot be taken
 */
export async function startBoot(
  settings: Settings,
  { name, log }: { readonly name: string; readonly log: Logger },
): Promise<BootService | undefined> {
  const { server, proxy, ca, user, password, sites, squid, chrony } = settings;
  if (server === undefined || !(wantsBoot(settings) || wantsDhcp(settings))) return undefined;
  const session = pollServer({ server, proxy, caFile: ca, username: user, password, log });
  const service = await serveBoot({
    sites,
    source: bootSource(session, name),
    files: new BootFiles(settings.bootFiles, settings.ipxe),
    tftp: settings.tftp,
    http: settings.http,
    // iPXE of Debian does not know HTTPS.
    scripts: server.startsWith('http:') ? `${server}/config/boot_script/` : undefined,
    squid:
      squid === undefined
        ? undefined
        : {
            file: squid,
            pidFile: settings.squidPid,
            settings: {
              listen: settings.squidListen,
              mirrors: settings.squidMirrors ?? [],
              upstream: settings.squidUpstream,
              folder: settings.squidFolder,
              megabytes: settings.squidMegabytes,
            },
          },
    chrony: chrony === undefined ? undefined : { file: chrony, servers: settings.chronyServers ?? [] },
    log,
  }).catch(async (error: unknown) => {
    await session.close();
    if (!(error instanceof CannotListen)) throw error;
    const of = { tftp: 'SUBCONTRACTOR_TFTP', http: 'SUBCONTRACTOR_HTTP' }[error.server];
    throw new BadSettings([new BadSetting(of, `${error.at.address}:${error.at.port}`, error.message)]);
  });
  return {
    ...service,
    async stop() {
      await service.stop();
      await session.close();
    },
  };
}

function bootSource(session: PollServer, agent: string): BootSource {
  const at = (site: string) => ({ site: `/api/v1/Site/Site:${site}:` });
  return {
    subnets: async (site) => readSubnets(await session.call<unknown>('SubContractor/DHCPd(getSubnets)', at(site))),
    report: async (site, requests) => {
      await session.call('SubContractor/BootTrace(report)', { ...at(site), agent, requests });
    },
    isFinal,
  };
}

import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import path from 'node:path';
import type { BootService } from '#boot/agent';
import type { DhcpService } from '#dhcp/agent';
import type { Logger } from '#kernel';
import { agentHalves } from '#platforms/agents';
import { contracts } from '#platforms/contracts';
import { hashed, jsonLogger } from '#runtime/logger';
import { BadSetting, BadSettings, settingNames, withSettingsFile } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { agentMetrics, serveMetrics } from './agent-metrics.ts';
import { CONF_FILE, readConfFile } from './conf-file.ts';
import { serveControl } from './control.ts';
import { askRunning } from './ask-running.ts';
import { writePidFile } from './pid-file.ts';
import type { ProgramArguments } from './program-arguments.ts';
import { readProgramArguments } from './program-arguments.ts';
import type { SitesServed } from './serve-sites.ts';
import { serveSites } from './serve-sites.ts';
import { startBoot } from './start-boot.ts';
import { startDhcp } from './start-dhcp.ts';
import type { Settings } from './settings.ts';
import { subcontractorSettings, usualName } from './settings.ts';
import type { StateFolder } from './state-folder.ts';
import { BadState, socketIn, takeStateFolder, USUAL_STATE } from './state-folder.ts';
import { usage } from './usage.ts';

/** What the program is given by the process it runs in. */
export interface ProcessEnvironment {
  /** Of the command line, without the program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Emits SIGTERM, SIGINT and SIGQUIT. */
  readonly signals: EventEmitter;
  /** Where the log goes, a whole line at a time; what is asked for goes there too. */
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** How much longer than the time to stop the last messages may take, in milliseconds. */
const LAST_MS = 5000;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'];

/** How the program is set up. */
interface SetUp {
  readonly settings: Settings;
  /** What of the configuration file means nothing here. */
  readonly told: readonly string[];
  /** Where it keeps its state; undefined: nowhere. */
  readonly state: { readonly folder: string; readonly wanted: boolean } | undefined;
}

/**
 * Runs an agent until it is told to stop, and resolves with the exit code: 0 after the first signal, once what was at
 * work has ended and is reported, is kept, or was handed back; 1 at once after a second, or where it failed; 2 when a
 * setting or an argument cannot be used. Or asks one that runs, and resolves with what `usage.ts` says.
 */
export async function subcontractor(process: ProcessEnvironment): Promise<number> {
  const { args, env, write, complain } = process;
  const known = Object.keys(contracts);
  const table = subcontractorSettings(known);
  const names = [...settingNames({ table }), CONF_FILE];
  const asked = readProgramArguments(args);
  if ('fault' in asked) {
    complain(`${asked.fault}; --help says how the subcontractor is started\n`);
    return 2;
  }
  if (asked.command === 'help') write(usage(names));
  if (asked.command === 'version') write(`contractor ${productVersion()}\n`);
  if (asked.command === 'help' || asked.command === 'version') return 0;
  try {
    const setUp = readSetUp(asked, env, names, known);
    if (asked.command !== 'foreground') {
      const running = { folder: setUp.state?.folder, waitMs: setUp.settings.stopTimeout + 2 * LAST_MS };
      return await askRunning(asked.command, running, { write, complain, json: asked.json });
    }
    return await serve(setUp, asked, process);
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    complain(`${error.message}\n`);
    return 2;
  }
}

/** @throws BadSettings */
function readSetUp(
  { config, logLevel }: ProgramArguments,
  env: ProcessEnvironment['env'],
  names: readonly string[],
  known: readonly string[],
): SetUp {
  const table = subcontractorSettings(known);
  const said = withSettingsFile(env, names, isOfOthers);
  const conf = readConfFile(config ?? (said[CONF_FILE] || undefined), { table, known, env: said });
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== '' && value !== undefined));
  const level = logLevel === undefined ? {} : { CONTRACTOR_LOG_LEVEL: logLevel };
  const settings = table.read({ ...conf?.settings, ...given, ...level });
  const told = (conf?.told ?? []).map((one) => `${conf?.file}: ${one}`);
  const wanted = settings.state ?? env['STATE_DIRECTORY']?.split(':')[0];
  const folder = wanted ?? (conf ? USUAL_STATE : undefined);
  return { settings, told, state: folder === undefined ? undefined : { folder, wanted: wanted !== undefined } };
}

/** Serves until it is told to stop. @throws BadSettings */
async function serve(
  { settings, told, state: wanted }: SetUp,
  { pidFile }: ProgramArguments,
  { env, signals, write }: ProcessEnvironment,
): Promise<number> {
  const log = jsonLogger({ write, level: settings.logLevel, mask: hashed(randomBytes(8).toString('hex')) });
  for (const one of told) log.warn('the configuration file says something that means nothing here', { what: one });
  const state = await stateOf(wanted, log);
  const name = settings.name ?? state?.name ?? usualName();
  const overSsh = {
    hostKeys: settings.sshHostKeys,
    knownHosts: settings.sshKnownHosts ?? (state && path.join(state.folder, 'ssh_known_hosts')),
    keyFiles: settings.sshKeys,
  };
  const halves = agentHalves(env, {
    ...overSsh,
    docker: { certs: settings.dockerCerts },
    libvirt: {
      uri: settings.libvirtUri,
      pool: settings.libvirtPool,
      directory: settings.libvirtDirectory,
      type: settings.libvirtType,
      machine: settings.libvirtMachine,
    },
    cipherSuite: settings.ipmiCipherSuite,
    redfish: {
      login: settings.redfishLogin,
      verifyTls: settings.redfishVerifyTls,
      caFile: settings.redfishCa,
    },
  });
  const { sites, limits: modules, stopTimeout } = settings;
  log.info('starting', { name, sites, modules });

  const stops: (() => unknown)[] = [];
  const statusOf = async () => ({ ...(await (await served).status()), dhcp: dhcp?.status(), boot: boot?.status() });
  const metrics = agentMetrics(statusOf);
  let served: Promise<SitesServed>;
  let dhcp: DhcpService | undefined;
  let boot: BootService | undefined;
  try {
    if (settings.tracing) {
      const { startTracing } = await import('#runtime/tracing');
      stops.push(startTracing(settings.tracing, 'subcontractor', log));
    }
    if (pidFile !== undefined) stops.push(takePidFile(pidFile));
    if (settings.metricsPort !== undefined) stops.push((await openMetrics(settings.metricsPort, metrics)).close);
    served = serveSites({ settings, name, halves, log, spool: state?.spool, onEnded: metrics.ended });
    served.catch(() => undefined);
    boot = await startBoot(settings, { name, log });
    if (boot) stops.push(boot.stop);
    const onLeases = boot?.sawLeases ?? (() => undefined);
    dhcp = await startDhcp(settings, { name, state: state?.folder, onLeases, log });
    if (dhcp) stops.push(dhcp.stop);
    if (state) {
      stops.push(
        await serveControl(socketIn(state.folder), async (request) => {
          if (request === 'stop') signals.emit('SIGTERM', 'stop');
          return statusOf();
        }),
      );
    }
  } catch (error) {
    for (const stop of stops) await stop();
    state?.release();
    throw error;
  }

  const code = await untilStopped(served, { signals, log, stopTimeout });
  for (const stop of stops) await stop();
  state?.release();
  return code;
}

/** Waits for a signal, or a failure, and stops. @returns the exit code */
function untilStopped(
  served: Promise<SitesServed>,
  { signals, log, stopTimeout }: { readonly signals: EventEmitter; readonly log: Logger; readonly stopTimeout: number },
): Promise<number> {
  return new Promise((resolve) => {
    let late: NodeJS.Timeout | undefined;
    const end = (code: number) => {
      clearTimeout(late);
      for (const signal of SIGNALS) signals.off(signal, hear);
      resolve(code);
    };
    const fail = (error: unknown) => {
      log.error('the subcontractor failed', error);
      end(1);
    };
    const stop = () => {
      late = setTimeout(() => {
        log.warn('it did not end in time: results that could not be sent and are not kept are lost');
        end(1);
      }, stopTimeout + LAST_MS);
      served.then((running) => running.stop(stopTimeout)).then(() => end(0), fail);
    };
    let told = 0;
    const hear = (signal: string) => {
      told += 1;
      log.info(told === 1 ? 'stopping' : 'stopping at once', { signal });
      if (told > 1) end(1);
      else stop();
    };
    for (const signal of SIGNALS) signals.on(signal, hear);
    served.catch(fail);
  });
}

/** Takes the folder; where nobody has asked for it, what is amiss with it is only told. @throws BadSettings */
async function stateOf(wanted: SetUp['state'], log: Logger): Promise<StateFolder | undefined> {
  if (wanted) {
    try {
      return await takeStateFolder(wanted.folder, log);
    } catch (error) {
      if (!(error instanceof BadState)) throw error;
      if (wanted.wanted) throw new BadSettings([new BadSetting('SUBCONTRACTOR_STATE', wanted.folder, error.message)]);
      log.warn('the folder for what is to be kept cannot be used', { folder: wanted.folder, reason: error.message });
    }
  }
  log.warn('results that cannot be sent are lost with this process: SUBCONTRACTOR_STATE names a folder for them');
  return undefined;
}

/** @throws BadSettings */
function takePidFile(file: string): () => void {
  try {
    return writePidFile(file);
  } catch (error) {
    throw new BadSettings([new BadSetting('-p', file, (error as Error).message)]);
  }
}

/** @throws BadSettings */
async function openMetrics(port: number, metrics: ReturnType<typeof agentMetrics>) {
  try {
    return await serveMetrics(port, metrics);
  } catch (error) {
    const rule = `cannot be listened on: ${(error as Error).message}`;
    throw new BadSettings([new BadSetting('SUBCONTRACTOR_METRICS_PORT', String(port), rule)]);
  }
}

/** Whether a setting in the settings file is for another program. */
const isOfOthers = (name: string): boolean => !name.startsWith('SUBCONTRACTOR_');

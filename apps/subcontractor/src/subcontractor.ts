import { randomBytes } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { offeredPlatform } from '#platform';
import { agentHalves } from '#platforms/agents';
import { hashed, jsonLogger } from '#runtime/logger';
import { BadSettings, readArguments, settingNames, withSettingsFile } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { jetstreamAgent, natsKey, startAgent } from '#wire';
import { subcontractorSettings } from './settings.ts';
import { usage } from './usage.ts';

/** What the program is given by the process it runs in. */
export interface ProcessEnvironment {
  /** Of the command line, without the program. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Emits SIGTERM and SIGINT. */
  readonly signals: EventEmitter;
  /** Where the log goes, a whole line at a time. */
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
}

/**
 * Runs an agent until it is told to stop, and resolves with the exit code: 0 after the first signal, once what was at
 * work has ended and is reported; 1 at once after a second, or where it failed; 2 when a setting or an argument cannot be
 * used.
 */
export async function subcontractor({ args, env, signals, write, complain }: ProcessEnvironment): Promise<number> {
  const halves = agentHalves(env);
  const table = subcontractorSettings(halves.map(({ contract }) => contract.name));
  const names = settingNames({ table });
  const asked = readArguments(args);
  if (asked === 'help') write(usage(names));
  else if (asked === 'version') write(`contractor ${productVersion()}\n`);
  else if (asked !== 'start') complain(`${asked.fault}; --help says how the subcontractor is started\n`);
  if (asked !== 'start') return typeof asked === 'string' ? 0 : 2;
  const settings = attempt(() => table.read(withSettingsFile(env, names, isOfOthers)));
  if (settings instanceof BadSettings) {
    complain(`${settings.message}\n`);
    return 2;
  }
  const { natsUrl, site, token, installation, name, limits, logLevel } = settings;
  const log = jsonLogger({ write, level: logLevel, mask: hashed(randomBytes(8).toString('hex')) });
  const modules = Object.fromEntries(
    halves.map((half) => [half.contract.name, { limit: limits[half.contract.name] ?? 0, half: offeredPlatform(half) }]),
  );
  log.info('starting', { name, site, modules: limits });
  const key = token === undefined ? undefined : natsKey(token);
  const wire = jetstreamAgent({ servers: natsUrl, name, log, installation, key });
  const agent = startAgent({ wire, name, site, modules, log });
  agent.catch(() => undefined);

  return new Promise((resolve) => {
    const fail = (error: unknown) => {
      log.error('the subcontractor failed', error);
      end(1);
    };
    let told = 0;
    const hear = (signal: string) => {
      told += 1;
      log.info(told === 1 ? 'stopping' : 'stopping at once', { signal });
      if (told > 1) end(1);
      else agent.then((running) => running.stop()).then(() => end(0), fail);
    };
    const end = (code: number) => {
      signals.off('SIGTERM', hear).off('SIGINT', hear);
      resolve(code);
    };
    signals.on('SIGTERM', hear).on('SIGINT', hear);
    agent.catch(fail);
  });
}

/** Whether a setting in the settings file is for another program. */
const isOfOthers = (name: string): boolean => !name.startsWith('SUBCONTRACTOR_');

function attempt<T>(read: () => T): T | BadSettings {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof BadSettings) return fault;
    throw fault;
  }
}

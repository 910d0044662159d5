import { nodeNotice } from '#runtime/check-node';
import { jsonLogger } from '#runtime/logger';
import { BadSetting, BadSettings, readArguments } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { checkStart } from './check-start.ts';
import { demonstrate } from './demo.ts';
import { startServer } from './server.ts';
import { misspelt, serverSettings } from './settings.ts';
import { USAGE } from './usage.ts';

/** How long a graceful stop may take before the process ends all the same, in milliseconds. */
const STOP_TIMEOUT_MS = 20_000;

/** Exit codes of the server. */
const FAILED = 1;
const UNUSABLE = 2;

let log = jsonLogger();

/** Runs the server, with the arguments of its command line, until it is told to stop. */
export async function run(args: readonly string[]): Promise<void> {
  const asked = readArguments(args);
  if (asked === 'help') return void process.stdout.write(USAGE);
  if (asked === 'version') return void process.stdout.write(`contractor ${productVersion()}\n`);
  if (asked !== 'start' && asked !== 'demo')
    return end(UNUSABLE, `${asked.fault}; --help says how the server is started`);
  try {
    await start(asked === 'demo');
  } catch (error) {
    if (error instanceof BadSetting || error instanceof BadSettings) return end(UNUSABLE, error.message);
    log.error('contractor could not start', error);
    process.exit(FAILED);
  }
}

async function start(demo: boolean): Promise<void> {
  const settings = serverSettings(process.env);
  // Among the bars of a demonstration only what is wrong is logged.
  const { logLevel } = settings.runtime;
  log = jsonLogger({ level: demo && logLevel === 'info' ? 'warn' : logLevel });
  for (const { name, meant } of misspelt(process.env)) {
    log.warn(`${name} is not a setting, and is ignored; did you mean ${meant}?`);
  }
  await checkStart(settings);
  const server = await startServer(settings, log);
  log.info('contractor listens', { url: server.url });
  const notice = nodeNotice(process.versions.node);
  if (notice !== undefined) log.warn(notice);
  let stopping = false;
  const demonstration = new AbortController();
  const stop = (signal: string): void => {
    if (stopping) process.exit(FAILED);
    stopping = true;
    log.info('stopping', { signal });
    demonstration.abort();
    setTimeout(() => process.exit(FAILED), STOP_TIMEOUT_MS).unref();
    void server.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (demo) {
    await demonstrate(server, process.stdout, demonstration.signal).catch((error: unknown) => {
      if (!stopping) log.error('the demonstration has failed; the server goes on', error);
    });
  }
}

function end(code: number, text: string): void {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

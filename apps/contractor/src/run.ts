import { nodeNotice } from '#runtime/check-node';
import { jsonLogger } from '#runtime/logger';
import { BadSetting, BadSettings, readArguments } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { checkStart } from './check-start.ts';
import { demonstrate } from './demo.ts';
import type { RunningServer } from './server.ts';
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
  const stopping = new AbortController();
  const { signal } = stopping;
  const starting = checkStart(settings).then(() => startServer(settings, log, signal));
  // Also while it starts: what it has opened by then is closed again, the embedded database too.
  stopOnSignals(stopping, starting);
  for (const { name, meant } of misspelt(process.env)) {
    log.warn(`${name} is not a setting, and is ignored; did you mean ${meant}?`);
  }
  const server = await starting.catch((error: unknown) => {
    if (!signal.aborted) throw error;
    // Ctrl-C ends what the start has begun, too: the making of a database, say.
    if (error !== signal.reason) log.warn('the start was broken off', { reason: String(error) });
  });
  if (!server) return process.exit(0);
  if (signal.aborted) return;
  log.info('contractor listens', { url: server.url });
  const notice = nodeNotice(process.versions.node);
  if (notice !== undefined) log.warn(notice);
  if (demo) {
    await demonstrate(server, process.stdout, signal).catch((error: unknown) => {
      if (!signal.aborted) log.error('the demonstration has failed; the server goes on', error);
    });
  }
}

/** Stops the server on SIGTERM and SIGINT, as soon as its start has come to an end; at once on a second one. */
function stopOnSignals(stopping: AbortController, starting: Promise<RunningServer>): void {
  const stop = (signal: string): void => {
    if (stopping.signal.aborted) process.exit(FAILED);
    log.info('stopping', { signal });
    stopping.abort();
    setTimeout(() => process.exit(FAILED), STOP_TIMEOUT_MS).unref();
    // A start that ends without a server is told by whoever awaits it.
    void starting
      .then((server) => server.stop())
      .then(
        () => process.exit(0),
        () => undefined,
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function end(code: number, text: string): void {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

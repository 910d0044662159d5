import { jsonLogger } from '#runtime/logger';
import { BadSetting, BadSettings } from '#runtime/settings';
import { startServer } from './server.ts';
import { serverSettings } from './settings.ts';

/** How long a graceful stop may take before the process ends all the same, in milliseconds. */
const STOP_TIMEOUT_MS = 20_000;

let log = jsonLogger();

async function main(): Promise<void> {
  const settings = serverSettings(process.env);
  log = jsonLogger({ level: settings.runtime.logLevel });
  const server = await startServer(settings, log);
  log.info('contractor listens', { url: server.url });
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void server.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  if (error instanceof BadSetting || error instanceof BadSettings) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  log.error('contractor could not start', error);
  process.exit(1);
});

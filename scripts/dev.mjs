// Compiles whenever a source changes, and starts the server again whenever the build has changed. Ctrl-C stops both, and the
// server stops what it has started. Arguments: the compiler, instead of tsc.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';

/** How long the build is to be still before the server is started again, in milliseconds. */
const STILL_MS = 300;

const [program = 'tsc', ...args] =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ['tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'];

/** Apart from the terminal: what is typed there reaches this process, which tells the others once. */
const start = (command, parameters) => {
  const child = spawn(command, parameters, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  child.once('error', (error) => {
    process.stderr.write(`${command}: ${error.message}\n`);
    void stop(1);
  });
  return child;
};
const end = async (child) => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};

let stopping = false;
const compiler = start(program, args);
const startServer = () => start(process.execPath, ['--conditions=compiled', 'dist/apps/contractor/src/main.js']);
let server = startServer();
/** The restart under way. */
let restarting = Promise.resolve();
const restart = async () => {
  await end(server);
  if (!stopping) server = startServer();
};

let still;
const watcher = watch('dist', { recursive: true }, () => {
  clearTimeout(still);
  still = setTimeout(() => {
    restarting = restarting.then(restart);
  }, STILL_MS);
});

async function stop(code) {
  if (stopping) return;
  stopping = true;
  clearTimeout(still);
  watcher.close();
  await restarting;
  await Promise.all([end(server), end(compiler)]);
  process.exit(code);
}
// The terminal and npm may both tell of one Ctrl-C.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

import { nodeFault } from '#runtime/check-node';

/** How long a command that is given up may take to end, in milliseconds. */
const GRACE_MS = 1000;

const fault = nodeFault(process.versions.node);
const [first = '', ...others] = process.argv.slice(2);
if (fault === undefined && others.length === 0 && ['version', '--version', '-V'].includes(first)) {
  // Of all there is, only this is loaded.
  void import('./version-text.ts').then(({ versionText }) => process.stdout.write(`${versionText()}\n`));
} else if (fault === undefined) {
  void import('./command-line.ts').then(({ commandLine, EXIT }) => {
    const interrupt = new AbortController();
    process.once('SIGINT', () => {
      interrupt.abort();
      // What does not end by itself is ended; who asks a second time ends it at once.
      setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
    });
    return commandLine({
      args: process.argv.slice(2),
      environment: process.env,
      input: process.stdin,
      output: process.stderr,
      result: process.stdout,
      signal: interrupt.signal,
    }).then((code) => {
      process.exitCode = code;
    });
  });
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

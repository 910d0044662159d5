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
    const giveUp = (code: number): void => {
      interrupt.abort();
      // What does not end by itself is ended; who asks a second time ends it at once.
      setTimeout(() => process.exit(code), GRACE_MS).unref();
    };
    process.once('SIGINT', () => giveUp(EXIT.interrupted));
    let unwritten: number | undefined;
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (unwritten !== undefined) return;
      // Whoever reads has had enough (head), or there is no room.
      unwritten = error.code === 'EPIPE' ? EXIT.interrupted : EXIT.refused;
      if (error.code !== 'EPIPE') process.stderr.write(`contractor: the output cannot be written: ${error.message}\n`);
      process.exitCode = unwritten;
      giveUp(unwritten);
    });
    // There is nobody to tell.
    process.stderr.on('error', () => undefined);
    return commandLine({
      args: process.argv.slice(2),
      environment: process.env,
      input: process.stdin,
      output: process.stderr,
      result: process.stdout,
      signal: interrupt.signal,
    }).then((code) => {
      process.exitCode = unwritten ?? code;
    });
  });
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

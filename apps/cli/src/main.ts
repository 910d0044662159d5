#!/usr/bin/env node
import { nodeFault } from '#runtime/check-node';

const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  void import('./command-line.ts').then(({ commandLine }) =>
    commandLine({
      args: process.argv.slice(2),
      environment: process.env,
      input: process.stdin,
      output: process.stderr,
      result: process.stdout,
    }).then((code) => {
      process.exitCode = code;
    }),
  );
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

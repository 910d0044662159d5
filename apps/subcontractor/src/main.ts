#!/usr/bin/env node
import { nodeFault } from '#runtime/check-node';

const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  void import('#subcontractor/run')
    .then(({ subcontractor }) =>
      subcontractor({
        args: process.argv.slice(2),
        env: process.env,
        signals: process,
        write: (line) => process.stdout.write(line),
        complain: (line) => process.stderr.write(line),
      }),
    )
    .then((code) => process.exit(code));
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

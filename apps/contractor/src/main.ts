import { nodeFault } from '#runtime/check-node';

const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  void import('./run.ts').then(({ run }) => run(process.argv.slice(2)));
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

import { setFlagsFromString } from 'node:v8';
import { nodeFault } from '#runtime/check-node';

// The heap may double between two collections. By itself V8 lets it grow by what the machine has, up to four times: 10,000
// waiting jobs then take 430 MB instead of 310.
setFlagsFromString('--heap-growing-percent=100');

const fault = nodeFault(process.versions.node);
if (fault === undefined) {
  void import('#contractor/run').then(({ run }) => run(process.argv.slice(2)));
} else {
  process.stderr.write(fault + '\n');
  process.exit(2);
}

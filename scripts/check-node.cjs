// Run before anything is built, by whatever Node.js there is: old ones have to be able to read it.
var wanted = require('../package.json').engines.node.replace('>=', '').split('.').map(Number);
var found = process.versions.node.split('.').map(Number);
if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  process.stderr.write(
    'contractor needs Node.js ' + wanted.join('.') + ' or newer; this is ' + process.versions.node + '\n',
  );
  process.exit(2);
}

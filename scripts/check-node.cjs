// Run before anything is built, by whatever Node.js there is: old ones have to be able to read it.
var engines = require('../package.json').engines.node;
var found = process.versions.node.split('.').map(Number);

// `engines` is a list of lines: ^22.22.3 || ^24.15.0 || >=26.0.0
function fits(line) {
  var wanted = line.replace(/^\D+/, '').split('.').map(Number);
  if (found[0] !== wanted[0]) return line.charAt(0) === '>' && found[0] > wanted[0];
  return found[1] > wanted[1] || (found[1] === wanted[1] && found[2] >= wanted[2]);
}

var told = 'this is Node.js ' + process.versions.node + '\n';
// Older than this it does not run at all.
if (found[0] < 20 || (found[0] === 20 && found[1] < 19)) {
  process.stderr.write('contractor needs Node.js ' + engines + '; ' + told);
  process.exit(2);
}
if (!engines.split(' || ').some(fits)) {
  process.stderr.write('contractor is made for Node.js ' + engines + ', and may do on others; ' + told);
}

/** `npm run tscript -- lint|format|run|rehearse <file>`: looks at a script, lays it out, or runs it without a host. */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseJson } from '#kernel';
import { commandLine } from '#tscript';

const args = argv.slice(2);
const { code, text, json } = commandLine(args, {
  read: (name) => readFileSync(name === '-' ? 0 : name, 'utf8'),
  write: (name, content) => writeFileSync(name, content),
  parse: parseJson,
});
if (args.includes('--json')) stdout.write(`${JSON.stringify(json, null, 2)}\n`);
else (code === 2 ? stderr : stdout).write(text);
exit(code);

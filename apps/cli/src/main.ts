import { commandLine } from './command-line.ts';

process.exitCode = await commandLine({
  args: process.argv.slice(2),
  environment: process.env,
  input: process.stdin,
  output: process.stderr,
  result: process.stdout,
});

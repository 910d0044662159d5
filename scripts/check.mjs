// What npm run check does: its parts side by side. What a part says is written when it has ended; the exit code tells whether all went well.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';

// What two parts need is made once, before them.
await import('./generate-web.mjs');

const PARTS = ['types', 'lint', 'format', 'architecture'];

const codes = await Promise.all(
  PARTS.map(async (part) => {
    const child = spawn('npm', ['run', '--silent', `check:${part}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    process.stdout.write(out);
    process.stderr.write(err);
    if (code !== 0) process.stderr.write(`check:${part} has failed\n`);
    return code;
  }),
);
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;

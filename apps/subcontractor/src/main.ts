#!/usr/bin/env node
import { subcontractor } from './subcontractor.ts';

process.exit(
  await subcontractor({
    env: process.env,
    signals: process,
    write: (line) => process.stdout.write(line),
    complain: (line) => process.stderr.write(line),
  }),
);

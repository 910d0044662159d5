import type { Command, CommandOption } from './command.ts';

/** The options of every command. */
export const COMMON_OPTIONS: Readonly<Record<string, CommandOption>> = {
  server: { type: 'string', value: 'URL', does: 'the server: http://host:port' },
  context: { type: 'string', value: 'NAME', does: 'the server of this context (contractor context list)' },
  config: { type: 'string', value: 'FILE', does: 'a configuration file of contractorcli (~/.contractorcli.ini)' },
  preview: { type: 'boolean', does: 'only show what it would do; contractor preview commit ID does it' },
  json: { type: 'boolean', short: 'j', does: 'write JSON' },
  debug: { type: 'boolean', does: 'tell of each request to the server on standard error' },
};

/** Those of commands that show what is, again and again. */
const WATCH_OPTIONS: Readonly<Record<string, CommandOption>> = {
  watch: { type: 'boolean', does: 'show it again and again, until Ctrl-C' },
  interval: { type: 'string', value: 'SECONDS', does: 'seconds between two looks (2)' },
};

/** That of those of them that can show what was. */
const PAST_OPTIONS: Readonly<Record<string, CommandOption>> = {
  at: { type: 'string', value: 'TIME|POSITION', does: 'as it was then: a time (ISO 8601), or a position of the log' },
};

/** That of commands that make jobs. */
const WAIT_OPTIONS: Readonly<Record<string, CommandOption>> = {
  wait: { type: 'boolean', does: 'follow the jobs until they are over, and fail where one of them does' },
};

/** Whether a command shows what is, so that it can be shown again. */
export const isWatchable = (words: string, { watches }: Command): boolean => watches ?? /(^| )(list|get)$/.test(words);

const canShowPast = (words: string, command: Command): boolean =>
  isWatchable(words, command) && command.local !== true && command.ofNow !== true;

/** All options of a command but the common ones; its own stand above those it gets. */
export const optionsOf = (words: string, command: Command): Readonly<Record<string, CommandOption>> => ({
  ...(isWatchable(words, command) ? WATCH_OPTIONS : {}),
  ...(canShowPast(words, command) ? PAST_OPTIONS : {}),
  ...(command.makesJobs === true ? WAIT_OPTIONS : {}),
  ...command.options,
});

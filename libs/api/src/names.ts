/** Names of most things: letters, digits, `_` and `-`, not beginning with the last two. */
export const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

const CONFIG_NAME = /^[<>\-~]?[a-zA-Z0-9][a-zA-Z0-9_-]*(:[a-zA-Z0-9]+)?$/;

/** The keys of configuration values that are no configuration names. */
export const badConfigNames = (values: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(values).filter((key) => !CONFIG_NAME.test(key));

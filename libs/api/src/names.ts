/** Names of most things: letters, digits, `_` and `-`, not beginning with the last two. */
export const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

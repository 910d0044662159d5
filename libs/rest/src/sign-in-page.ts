/** Where the page for signing in stands, which takes the page to go on to as `to`. */
export const SIGN_IN_PAGE = '/signin';

/** Pages of the user menu: the account, its tokens, its sessions. Each area adds its own line. */
export const userMenuEntries: readonly { readonly label: string; readonly path: string }[] = [
  { label: 'Your account', path: '/account' },
  { label: 'People', path: '/people' },
];

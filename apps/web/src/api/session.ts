import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryClient } from './query-client.ts';
import { keys } from './query-keys.ts';
import { send } from './request.ts';

/** Who is signed in, and how one can sign in. */
export interface Session {
  /** Null: nobody is. */
  readonly user: string | null;
  readonly superuser: boolean;
  readonly permissions: readonly string[];
  /** When the session ends, ISO 8601. */
  readonly expires: string | null;
  readonly sign_in: {
    readonly password: boolean;
    readonly openid: readonly { readonly name: string; readonly label: string }[];
    /** Why nobody can sign in from where this page is looked at; null: they can. */
    readonly refused?: string | null;
    /** What went wrong when this browser came back from a provider; it is told once. */
    readonly failed?: string | null;
  };
  readonly warnings: readonly string[];
}

const NOBODY: Session = {
  user: null,
  superuser: false,
  permissions: [],
  expires: null,
  sign_in: { password: true, openid: [] },
  warnings: [],
};

const readSession = async (): Promise<Session> => (await send<Session>('GET', '/session')).body;

const sessionOptions = queryOptions({ queryKey: keys.session, queryFn: readSession, staleTime: 60_000 });

/** Asks for the session before anything is drawn. */
export const askForSession = (): Promise<void> => queryClient.prefetchQuery(sessionOptions);

/** The session as the server knows it; undefined until that is known. */
export const useSessionQuery = () => useQuery(sessionOptions);

/** The session; nobody's until it is known. */
export const useSession = (): Session => useSessionQuery().data ?? NOBODY;

/** Whether somebody may do what takes this permission (`Site.view_site`); undefined: nobody may. */
export const mayUse = ({ user, superuser, permissions }: Session, permission: string | undefined): boolean => {
  if (permission === undefined) return false;
  if (permission === 'anybody') return true;
  return user !== null && (permission === 'session' || superuser || permissions.includes(permission));
};

/** Signs in with a password. @throws Problem */
export async function signIn(username: string, password: string): Promise<void> {
  await send('POST', '/session', { body: { username, password } });
  await queryClient.resetQueries();
}

/** Signs in again who is signed in, with a password; the pages stay as they are. @throws Problem */
export async function signInAgain(username: string, password: string): Promise<void> {
  const { body } = await send<Session>('POST', '/session', { body: { username, password } });
  queryClient.setQueryData(keys.session, body);
  await queryClient.invalidateQueries();
}

/** Ends the session on the server, and forgets what was seen in it. */
export async function signOut(): Promise<void> {
  await send('DELETE', '/session');
  queryClient.clear();
  await queryClient.invalidateQueries();
}

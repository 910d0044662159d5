import { authRoom } from '#auth';
import { blueprintRoom } from '#blueprint';
import { buildingRoom } from '#building';
import { directoryRoom } from '#directory';
import { foremanRoom } from '#foreman';
import { repeatable, serverHalves } from '#platforms/servers';
import { recordsRoom } from '#records';
import type { Room } from '#runtime';
import { siteRoom } from '#site';
import type { ForemanWire } from '#wire';
import type { Settings } from './settings.ts';

/** The rooms of the server, from the ground up; the order is that of the namespaces of the API. */
export function roomsOf(settings: Settings, wire: ForemanWire) {
  const auth = authRoom({
    adminPassword: settings.auth.adminPassword,
    loginTries: settings.auth.loginTries,
    made: ({ name, password }) => {
      if (settings.auth.adminPassword !== undefined) return;
      process.stdout.write(`The administrator is "${name}" with the password "${password}". It is shown only now.\n`);
    },
  });
  const { lease, pollLease } = settings.foreman;
  const rooms: readonly Room[] = [
    auth,
    blueprintRoom(settings.config),
    siteRoom(settings.config),
    directoryRoom,
    buildingRoom(serverHalves.flatMap(({ foundationTypes }) => foundationTypes)),
    foremanRoom({ wire, platforms: serverHalves, repeatable, lease, pollLease }),
    recordsRoom,
  ];
  return { rooms, auth };
}

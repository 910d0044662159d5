import { authRoom } from '#auth';
import { blueprintRoom } from '#blueprint';
import { buildingRoom, foundationJobModel, foundationTarget } from '#building';
import { directoryRoom } from '#directory';
import { foremanRoom } from '#foreman';
import { repeatOf, serverHalves } from '#platforms/servers';
import { recordsRoom } from '#records';
import type { Room, Settings } from '#runtime';
import { siteRoom } from '#site';
import type { ForemanWire } from '#wire';

/** The rooms of the server, from the ground up; the order is that of the namespaces of the API. */
export function roomsOf(settings: Settings, wire: ForemanWire) {
  const auth = authRoom({
    adminPassword: settings.adminPassword,
    loginTries: settings.loginTries,
    made: ({ name, password }) => {
      if (settings.adminPassword !== undefined) return;
      process.stdout.write(`The administrator is "${name}" with the password "${password}". It is shown only now.\n`);
    },
  });
  const { lease, pollLease } = settings;
  const types = serverHalves.flatMap(({ foundationTypes }) => foundationTypes);
  const foundations = foundationTarget(types);
  const rooms: readonly Room[] = [
    auth,
    blueprintRoom(settings),
    siteRoom(settings),
    directoryRoom,
    buildingRoom(types, foundations),
    foremanRoom({
      wire,
      platforms: serverHalves,
      targets: [foundations],
      jobModels: [foundationJobModel(foundations)],
      repeatOf,
      lease,
      pollLease,
    }),
    recordsRoom,
  ];
  return { rooms, auth };
}

import path from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** What the slow suites take on two cores, roughly, in seconds: a fresh clone has no times of its own yet. */
const SECONDS = {
  'test/bare-metal.spec.ts': 200,
  'test/boot-image.spec.ts': 30,
  'test/maintenance.spec.ts': 30,
  'test/boot-agent.spec.ts': 25,
  'libs/platforms/src/libvirt/agent.spec.ts': 50,
  'test/libvirt.spec.ts': 45,
  'test/docker.spec.ts': 35,
  'test/bmc.spec.ts': 33,
  'libs/platforms/src/ipmi/agent.spec.ts': 25,
  'libs/platforms/src/docker/agent.spec.ts': 19,
  'test/dhcp.spec.ts': 25,
  'libs/dhcp/test/kea.spec.ts': 12,
  'test/thread.spec.ts': 90,
  'test/kills.spec.ts': 80,
  'test/machine-kills.spec.ts': 65,
  'test/vcenter.spec.ts': 45,
  'libs/platforms/src/vcenter/agent.spec.ts': 15,
  'test/observe.spec.ts': 45,
  'test/backup.spec.ts': 50,
  'test/foreman.spec.ts': 35,
  'test/demo.spec.ts': 45,
  'test/power-cuts.spec.ts': 50,
  'libs/wire/src/nats-tls.spec.ts': 50,
  'test/web/pages.spec.ts': 60,
  'test/docs.spec.ts': 50,
  'test/past-rows.spec.ts': 50,
  'test/erased-people.spec.ts': 45,
  'test/web/finding.spec.ts': 45,
  'test/command-line.spec.ts': 30,
  'test/two-servers.spec.ts': 45,
  'test/subcontractors.spec.ts': 30,
  'libs/wire/src/jetstream-permissions.spec.ts': 25,
  'libs/event-store/src/kurrentdb-event-store.spec.ts': 40,
  'test/tutorial.spec.ts': 35,
  'test/presence.spec.ts': 35,
  'libs/platforms/src/ssh/agent.spec.ts': 12,
  'libs/runtime/src/embedded-postgres/embedded-postgres.spec.ts': 30,
  'libs/wire/src/jetstream-outages.spec.ts': 28,
  'libs/read-store/src/past-and-rebuild.spec.ts': 25,
  'libs/read-store/src/idempotency-store.spec.ts': 25,
  'libs/auth/src/credential-cleanup.spec.ts': 25,
  'libs/dns/src/random-zones.spec.ts': 25,
  'test/polling-subcontractor.spec.ts': 25,
  'test/start.spec.ts': 25,
  'test/bind.spec.ts': 25,
  'test/bench.spec.ts': 24,
  'test/setup.spec.ts': 12,
  'test/waves.spec.ts': 23,
  'libs/dns/src/publisher/zone-publisher.spec.ts': 20,
  'libs/platforms/src/wrong-shapes.spec.ts': 20,
  'libs/wire/src/jetstream-wire.spec.ts': 18,
};

/** Jest's order, but the suites that take long begin first: begun last, one of them would run alone for minutes. */
export default class LongestFirst extends TestSequencer {
  async sort(tests) {
    const ordered = await super.sort(tests);
    const seconds = ({ duration, path: file, context }) =>
      duration === undefined ? (SECONDS[path.relative(context.config.rootDir, file)] ?? 0) : duration / 1000;
    return [...ordered].sort((one, other) => seconds(other) - seconds(one));
  }
}

import { startNatsServer } from '#testing';
import { natsWire } from '../test/nats-wire.ts';
import { wireSuite } from '../test/wire.suite.ts';

wireSuite('the wire over NATS JetStream', async () => {
  const server = await startNatsServer();
  return natsWire({
    port: Number(new URL(server.url).port),
    reach: (port) => ({ servers: `nats://127.0.0.1:${port}` }),
    stop: () => server.stop(),
  });
});

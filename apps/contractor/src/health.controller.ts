import { Controller, Get, Header, HttpStatus, Inject, Res } from '@nestjs/common';
import type { Health, Metrics } from '#runtime';

/** What the pages about the server's own state stand on. */
export interface Wellbeing {
  readonly health: () => Promise<Health>;
  readonly metrics: Metrics;
}

/** Name by which {@link Wellbeing} is injected. */
export const WELLBEING = 'wellbeing';

interface Reply {
  status(code: number): Reply;
}

/** Pages for those who watch over the server. */
@Controller()
export class HealthController {
  readonly #wellbeing: Wellbeing;

  constructor(@Inject(WELLBEING) wellbeing: Wellbeing) {
    this.#wellbeing = wellbeing;
  }

  /** How the server is; 503 until it is ready. */
  @Get('health')
  async read(@Res({ passthrough: true }) reply: Reply): Promise<Health> {
    const health = await this.#wellbeing.health();
    if (!health.ready) reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return health;
  }

  /** Whether the process answers at all. */
  @Get('health/live')
  live(): object {
    return { status: 'ok' };
  }

  /** Whether it can serve: 200 or 503. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    const { ready } = await this.read(reply);
    return { ready };
  }

  /** What was counted and measured, in the form Prometheus reads. */
  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return this.#wellbeing.metrics.text();
  }
}

import { Controller, Get, Inject } from '@nestjs/common';

/** Whether the server is alive and how far its read models are. */
@Controller('health')
export class HealthController {
  readonly #health: () => object;

  constructor(@Inject('health') health: () => object) {
    this.#health = health;
  }

  @Get()
  read(): object {
    return this.#health();
  }
}

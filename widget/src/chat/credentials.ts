import type { Access, Messaging, RealtimeAccess, SessionKey, WidgetApi } from "./api";
import { backoff, type Clock } from "./clock";
import { ApiError } from "./errors";

const ATTEMPTS = 4;

/** The session's access to messaging and realtime, renewed through our API: one renewal at a time for everybody who asks. */
export class Credentials {
  private renewing: Promise<Access> | undefined;

  constructor(
    private readonly api: Pick<WidgetApi, "access">,
    private readonly key: SessionKey,
    private readonly clock: Clock,
    private access: Access,
  ) {}

  get messaging(): Messaging {
    return this.access.messaging;
  }

  get realtime(): RealtimeAccess | undefined {
    return this.access.realtime;
  }

  /** Fetches fresh access unless `refused` is an older access than the present one; raises ApiError after four attempts. */
  renew(refused?: Messaging): Promise<Access> {
    if (refused && refused !== this.access.messaging) return Promise.resolve(this.access);
    this.renewing ??= this.fetchAccess().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async fetchAccess(): Promise<Access> {
    for (let attempt = 0; ; attempt++) {
      try {
        this.access = await this.api.access(this.key);
        return this.access;
      } catch (error) {
        const again = error instanceof ApiError && (error.code === "try_again" || error.code === "busy");
        if (!again || attempt + 1 >= ATTEMPTS) throw error;
        await this.clock.sleep(error.retryAfter ? error.retryAfter * 1000 : backoff(this.clock, attempt));
      }
    }
  }
}

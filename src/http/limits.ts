import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { GatewayError } from '../errors.ts';

export interface LimitSettings {
  /** Messages a minute of one conversation; 0 = no limit. */
  readonly perConversation: number;
  /** Requests a minute of one address, on the routes that people call directly; 0 = no limit. */
  readonly perAddress: number;
}

/** @throws GatewayError `INBOUND_RATE_LIMITED` with the time to wait */
export interface Limits {
  conversation(key: string): Promise<void>;
  address(address: string): Promise<void>;
}

const MINUTE_SECONDS = 60;

/** Counters live in memory and expire with their minute, so they are bounded by one minute of traffic. */
export function createLimits(settings: LimitSettings): Limits {
  const conversations = createLimiter(settings.perConversation);
  const addresses = createLimiter(settings.perAddress);
  return {
    conversation: (key) => spend(conversations, key, 'Too many messages in this conversation; wait a moment'),
    address: (address) => spend(addresses, address, 'Too many requests from this address; wait a moment'),
  };
}

function createLimiter(points: number): RateLimiterMemory | undefined {
  return points === 0 ? undefined : new RateLimiterMemory({ points, duration: MINUTE_SECONDS });
}

async function spend(limiter: RateLimiterMemory | undefined, key: string, message: string): Promise<void> {
  if (limiter === undefined) return;
  try {
    await limiter.consume(key);
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    const { msBeforeNext } = thrown as RateLimiterRes;
    throw new GatewayError('INBOUND_RATE_LIMITED', message, { retryAfterMs: msBeforeNext });
  }
}

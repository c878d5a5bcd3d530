import { destination, pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LogLevel, ServiceContract } from '../contract/index.ts';
import { currentTrace } from '../current-trace.ts';
import { secretFields, withoutSecrets, withoutTokens } from './redact.ts';

export interface LoggerOptions {
  /** @default - LOG_LEVEL of the environment, else the level of the contract */
  readonly level?: LogLevel | undefined;
  /** Where lines go. @default - stdout, written at once */
  readonly destination?: DestinationStream | undefined;
}

/** A pino logger, whose level holds for its children too. */
export type Logger = PinoLogger;

/**
 * The log of a service: a line of JSON a time, with the trace, span, request and service that it belongs to, and without
 * authorization, cookies and tokens.
 *
 * @example
 * const log = createLogger(reviews);
 * log.info({ id }, 'review read');
 * log.level = 'debug';
 */
export function createLogger(contract: ServiceContract, { level = levelOf(process.env.LOG_LEVEL) ?? contract.logs.level, destination: out = destination({ sync: true }) }: LoggerOptions = {}): Logger {
  const { fields, redact } = contract.logs;
  const secret = secretFields(redact);
  const clean = (value: object): Record<string, unknown> => withoutSecrets(value, secret) as Record<string, unknown>;
  const children = new Children();
  const logger = pino({
    level,
    base: { [fields.service]: contract.name, version: contract.version },
    timestamp: isoTime,
    messageKey: 'message',
    formatters: { level: label => ({ level: label }), bindings: clean, log: clean },
    // An error was made plain with all else; pino would do it again.
    serializers: { err: (error: unknown) => error },
    mixin: () => {
      const trace = currentTrace();
      if (!trace) return {};
      const ids: Record<string, string> = { [fields.traceId]: trace.traceId, [fields.spanId]: trace.spanId };
      if (trace.requestId !== undefined) ids[fields.requestId] = trace.requestId;
      return ids;
    },
    hooks: { streamWrite: line => withoutTokens(line, secret) },
    onChild: child => { children.add(child); },
  }, out);
  // Children inherit the listener, and tell it of their own level too.
  logger.on('level-change', (changed, _value, _before, _beforeValue, instance) => {
    if (instance === logger) children.setLevel(changed);
  });
  // pino formats the bindings of the first logger only; children inherit this.
  const { child } = logger as unknown as { child: (this: Logger, bindings: object, options?: object) => Logger };
  return Object.assign(logger, {
    child(this: Logger, bindings: object, options?: object): Logger {
      return child.call(this, clean(bindings), options);
    },
  });
}

/** The children of a logger that are still in use: each has a level of its own, which follows that of the logger. */
class Children {
  #alive: WeakRef<Logger>[] = [];
  #sweepAt = 64;

  add(child: Logger): void {
    if (this.#alive.length >= this.#sweepAt) {
      this.#alive = this.#alive.filter(ref => ref.deref());
      this.#sweepAt = Math.max(64, 2 * this.#alive.length);
    }
    this.#alive.push(new WeakRef(child));
  }

  setLevel(level: string): void {
    for (const ref of this.#alive) {
      const child = ref.deref();
      if (child) child.level = level;
    }
  }
}

let writtenAt = 0;
let written = '';

/** The time of a line; many lines have one millisecond. */
function isoTime(): string {
  const now = Date.now();
  if (now !== writtenAt) {
    writtenAt = now;
    written = `,"time":"${new Date(now).toISOString()}"`;
  }
  return written;
}

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** A level that an operator wrote; a word that is none is no reason not to start. */
function levelOf(text: string | undefined): LogLevel | undefined {
  return levels.find(level => level === text?.toLowerCase());
}

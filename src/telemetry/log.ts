import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentFacts } from './facts.ts';

export type { Logger } from 'pino';

/** JSON lines with what is being worked on, such as run and trace, on standard output or where it is said. */
export function createLogger(component: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { component },
    mixin: () => ({ ...currentFacts() }),
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        'token',
        'authorization',
        'password',
        '*.token',
        '*.authorization',
        '*.password',
        'headers.authorization',
      ],
      censor: '[redacted]',
    },
    // An error's cause chain says why; its enumerable members might hold what must not be logged.
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Name, message, stack and causes of an error, nothing else. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

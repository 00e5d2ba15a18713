import { Problem } from '../api/problem.ts';
import { createReceiver, type Receiver, type RunRef } from './client/receiver.ts';
import { createTransport } from './client/transport.ts';
import { type Configuration, readConfiguration, readTarget, type Target } from './config.ts';
import { tokenSource } from './credential.ts';
import type { Io } from './io.ts';
import { type RunMemory, recallRun } from './run-memory.ts';

/** Flags that every command has. */
export interface GlobalFlags {
  readonly dir?: string;
  readonly namespace?: string;
  readonly output: 'table' | 'json';
}

/** What a command works with: the world, the flags, and the receiver once it is needed. */
export interface Session {
  readonly io: Io;
  readonly flags: GlobalFlags;
  readonly target: () => Target;
  readonly configuration: () => Configuration;
  readonly receiver: () => Receiver;
  /** Of the command; absent: it is part of no trace. */
  readonly traceparent?: string;
  close(): void;
}

const ATTEMPTS = 5;

/** `traceparent` goes along with every request. */
export function createSession(io: Io, flags: GlobalFlags, traceparent?: string): Session {
  let configuration: Configuration | undefined;
  let receiver: Receiver | undefined;
  const readOnce = (): Configuration => {
    configuration ??= readConfiguration(io, flags);
    return configuration;
  };
  return {
    io,
    flags,
    target: () => readTarget(io, flags),
    configuration: readOnce,
    ...(traceparent === undefined ? {} : { traceparent }),
    receiver() {
      if (receiver !== undefined) return receiver;
      const { endpoint, credential, ca } = readOnce();
      receiver = createReceiver(
        createTransport({
          endpoint,
          token: tokenSource(credential),
          ...(ca === undefined ? {} : { ca }),
          ...(traceparent === undefined ? {} : { traceparent }),
          attempts: ATTEMPTS,
          onRetry: (why, delay) => io.err(`${why}; trying again in ${(delay / 1000).toFixed(1)} s`),
        }),
      );
      return receiver;
    },
    close: () => receiver?.close(),
  };
}

/** What is remembered of the run here, if it is of the receiver that is configured. */
export function rememberedRun({ io, configuration }: Session): RunMemory | undefined {
  const memory = recallRun(io.cwd);
  return memory?.endpoint === configuration().endpoint.origin ? memory : undefined;
}

const NAMED = /^([a-z0-9][-.a-z0-9]*)\/([a-z0-9][-.a-z0-9]*)$/;

/** The run that a command is about: PROVISO_RUN, or the one that was opened in this directory. Throws `no-run`. */
export function currentRun(session: Session): RunRef {
  const named = session.io.env.PROVISO_RUN;
  if (named !== undefined && named !== '') return parseRun(named, 'PROVISO_RUN');
  const memory = rememberedRun(session);
  if (memory !== undefined) return memory;
  throw new Problem('no-run', 'no run has been opened in this directory', {
    hint: 'type: proviso init, or name one: export PROVISO_RUN=NAMESPACE/RUN',
  });
}

/** Whether what is typed here without naming a run would be about this one. */
export function wouldBeAbout(session: Session, { namespace, run }: RunRef): boolean {
  try {
    const current = currentRun(session);
    return current.namespace === namespace && current.run === run;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

/** `NAMESPACE/RUN`, or a bare name in the namespace that is configured. */
export function runRef(session: Session, text: string): RunRef {
  if (text.includes('/')) return parseRun(text, 'RUN');
  const { namespace } = session.target();
  if (namespace !== undefined) return { namespace, run: text };
  throw new Problem('usage', `the namespace of the run '${text}' is not known`, {
    hint: 'write NAMESPACE/RUN, or give --namespace',
  });
}

/** The namespace that a command is about. Throws `usage` where nothing says which. */
export function targetNamespace(session: Session): string {
  const { namespace } = session.target();
  if (namespace !== undefined) return namespace;
  throw new Problem('usage', 'it is not known which namespace is meant', { hint: 'give --namespace NAME' });
}

function parseRun(text: string, from: string): RunRef {
  const [, namespace, run] = NAMED.exec(text) ?? [];
  if (namespace !== undefined && run !== undefined) return { namespace, run };
  throw new Problem('usage', `${from} is '${text}', and NAMESPACE/RUN was expected`);
}

/** Prints what a command is for: text for people, JSON for programs. */
export function printResult({ io, flags }: Session, value: unknown, text: () => string): void {
  io.out(flags.output === 'json' ? JSON.stringify(value, undefined, 2) : text());
}

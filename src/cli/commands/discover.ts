import type { DiscoveryMessage } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatDiscovery } from '../print/discovery.ts';
import { printResult, type Session } from '../session.ts';

export interface DiscoverFlags {
  readonly direction: 'origins' | 'uses' | 'both';
  readonly depth: string;
}

/** `proviso discover DIGEST`: what it was made with, and what was made with it. */
export async function discover(session: Session, digest: string, flags: DiscoverFlags): Promise<number> {
  const { namespace } = session.flags;
  const query = { depth: flags.depth, ...(namespace === undefined ? {} : { namespace }) };
  const directions = flags.direction === 'both' ? (['origins', 'uses'] as const) : [flags.direction];
  const found: DiscoveryMessage[] = [];
  for (const direction of directions) {
    found.push(await session.receiver().discover(digest, { ...query, direction }));
  }
  printResult(session, flags.direction === 'both' ? { digest, directions: found } : found[0], () => {
    if (found.some(({ edges }) => edges.length > 0)) return formatDiscovery(session.io, digest, found);
    const where = namespace ?? 'the namespaces whose runs this identity may get';
    return `no archived run of ${where} names ${digest}; of runs that are not archived: proviso verify --digest ${digest}`;
  });
  return EXIT.ok;
}

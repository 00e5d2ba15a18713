import { Problem } from '../../api/problem.ts';
import { asRecord, asText } from '../../api/record.ts';

/** Which run an archive record says that it is of. Nothing of it is verified here: that is the receiver's to do. */
export interface RecordedRun {
  readonly namespace: string;
  readonly run: string;
  readonly uid: string;
}

/** Throws `backup-invalid` for what isn't a record at all. */
export function recordedRun(bytes: Buffer): RecordedRun {
  try {
    const { envelope } = JSON.parse(bytes.toString('utf8')) as { envelope: { payload: string } };
    const record = asRecord(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
    const metadata = asRecord(asRecord(record?.run)?.metadata);
    const [namespace, run, uid] = [metadata?.namespace, metadata?.name, metadata?.uid].map(asText);
    if (namespace !== undefined && run !== undefined && uid !== undefined) return { namespace, run, uid };
  } catch {
    // Told below.
  }
  throw new Problem('backup-invalid', 'an archive record names no run');
}

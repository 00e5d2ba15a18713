import type { IncomingMessage } from 'node:http';
import { type Finding, Problem } from '../../api/problem.ts';
import { PROBLEMS, type ProblemCode } from '../../api/problems.ts';
import { asArray, asRecord, asText } from '../../api/record.ts';

/** Answers are documents about one run; one that is larger is none of ours. */
const MAX_ANSWER_BYTES = 64 << 20;

/** All bytes of an answer. */
export async function readAnswer(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Problem('internal', `the receiver answered over ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const isCode = (text: string): text is ProblemCode => Object.hasOwn(PROBLEMS, text);

/** The refusal that an answer of 400 and above carries; anything that isn't a problem document is shown as it is. */
export function problemOf(status: number, body: Buffer): Problem {
  const document = parse(body);
  const code = asText(document?.code);
  const detail = asText(document?.detail) ?? asText(document?.title);
  if (document === undefined || code === undefined || !isCode(code) || detail === undefined) {
    const text = body.toString('utf8', 0, 300).trim();
    return new Problem('internal', `the receiver answered ${status}${text === '' ? '' : `: ${text}`}`, {
      hint: 'This is no answer of Proviso; see whether PROVISO_ENDPOINT names its receiver.',
    });
  }
  const hint = asText(document.hint);
  const errors = asArray(document.errors).flatMap((entry): Finding[] => {
    const message = asText(asRecord(entry)?.message);
    const at = asText(asRecord(entry)?.at);
    return message === undefined ? [] : [{ message, ...(at === undefined ? {} : { at }) }];
  });
  return new Problem(code, detail, { errors, ...(hint === undefined ? {} : { hint }) });
}

function parse(body: Buffer): ReturnType<typeof asRecord> {
  try {
    return asRecord(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}

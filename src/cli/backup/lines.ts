/** The longest line in bytes: twice what an archive record or an object of the cluster has at most. */
const MAX_LINE = 8 << 20;

/** The lines of a stream of bytes, without their ends. Throws for one that is too long, and for a last one that was cut. */
export async function* readLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const held: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...held.splice(0), chunk.subarray(from, at)]);
      size = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    held.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_LINE) throw new Error(`a line is over ${MAX_LINE} bytes`);
  }
  if (size > 0) throw new Error('the last line is cut');
}

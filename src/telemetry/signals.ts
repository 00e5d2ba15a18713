/** A signal that aborts on SIGTERM or SIGINT. */
export function stopSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => abort.abort(new Error(`${name} received`)));
  }
  return abort.signal;
}

/**
 * Runs work at the first of these signals; then the signal has its way, unless someone else listens for it too.
 * What it gives takes the listeners away.
 */
export function onSignal(signals: readonly NodeJS.Signals[], work: () => Promise<void>): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    // The others stay, so that a second signal does not end the process before the work is done.
    for (const other of signals) process.on(other, ignore);
    off();
    void work().finally(() => {
      for (const other of signals) process.off(other, ignore);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  const off = (): void => {
    for (const signal of signals) process.off(signal, listener);
  };
  for (const signal of signals) process.on(signal, listener);
  return off;
}

function ignore(): void {
  // Already stopping.
}

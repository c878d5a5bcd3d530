/**
 * Runs work at the first of these signals; then the process ends, unless someone else listens for the signal too. What it
 * gives takes the listeners away.
 */
export function onSignal(signals: readonly NodeJS.Signals[], work: () => Promise<void>): () => void {
  const listener = (signal: NodeJS.Signals): void => {
    // The others stay, so that a second signal does not end the process before the work is done.
    for (const other of signals) process.on(other, ignore);
    off();
    void work().finally(() => {
      for (const other of signals) process.off(other, ignore);
      // Not the signal again: the first process of a container ignores one that it has no listener for.
      if (process.listenerCount(signal) === 0) process.exit();
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

/** Keeps the values of the `endpoint` label bounded: those that are declared, and so many others. */
export interface EndpointGuardProps {
  readonly declared: readonly string[];
  readonly limit: number;
  /** What stands for all that are over the limit. */
  readonly overflow: string;
  /** Called once, with the first that is over. */
  readonly onOverflow: (endpoint: string) => void;
}

export function endpointGuard({ declared, limit, overflow, onOverflow }: EndpointGuardProps): (endpoint: string) => string {
  const admitted = new Set([...declared, overflow]);
  const most = admitted.size + limit;
  let said = false;
  return endpoint => {
    if (admitted.has(endpoint)) return endpoint;
    if (admitted.size < most) {
      admitted.add(endpoint);
      return endpoint;
    }
    if (!said) {
      said = true;
      onOverflow(endpoint);
    }
    return overflow;
  };
}

/** What istiod's webhook says of an object. */
export interface Said {
  /** Such as `spec.http[0].route[1].weight`; '' for the object. */
  readonly path: string;
  readonly message: string;
  /** IST0106 refuses the object; IST0133 warns; IST0130 and IST0131 are of routes that are never used. @default IST0106 */
  readonly code?: 'IST0106' | 'IST0133' | 'IST0130' | 'IST0131';
}

/** Takes what there is to say. Passed down, since a generator for each of the many small rules costs more than the rules. */
export type Say = (said: Said) => void;

/** Takes only the refusals: Istio drops warnings in some places. */
export function refusals(say: Say): Say {
  return said => { if (said.code === undefined || said.code === 'IST0106') say(said); };
}

export function warn(path: string, message: string): Said {
  return { path, message, code: 'IST0133' };
}

/** A value in a message: short, whatever it is. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

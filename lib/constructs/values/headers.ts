import { headerName } from './match.ts';

/** Changes of headers: what is removed goes first. Names are compared without case. */
export interface HeaderChanges {
  /** Headers that get this value, whatever they had. @default - none */
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** Values that are added to what a header has. @default - none */
  readonly add?: Readonly<Record<string, string>> | undefined;
  /** Headers that are taken away. @default - none */
  readonly remove?: readonly string[] | undefined;
}

/** Refuses changes of headers that Envoy would refuse, or that contradict each other. */
export function checkHeaders(where: string, what: string, changes: HeaderChanges | undefined): HeaderChanges | undefined {
  if (!changes) return undefined;
  const { set = {}, add = {}, remove = [] } = changes;
  const names = [...Object.keys(set), ...Object.keys(add), ...remove].map(name => headerName(`${where}: ${what}`, name));
  if (names.length === 0) throw new Error(`${where}: ${what} changes nothing; leave it out`);
  if (names.includes('host')) throw new Error(`${where}: ${what} cannot change "host"; rewrite the authority instead: Rewrite.authority(…)`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${where}: ${what} changes "${twice}" twice; say once what becomes of it`);
  return changes;
}

import type { IConstruct } from 'constructs';

const kind = 'meshwright:warning';

/** Says of a construct that something about it is legal and yet likely wrong. */
export function warn(construct: IConstruct, message: string): void {
  if (!construct.node.metadata.some(({ type, data }) => type === kind && data === message)) construct.node.addMetadata(kind, message);
}

/** What constructs below a scope warn of, each with the path of the construct. Some is known only when the app is synthesized. */
export function warnings(scope: IConstruct): readonly string[] {
  return scope.node.findAll().flatMap(({ node }) => node.metadata.filter(({ type }) => type === kind).map(({ data }) => `${node.path}: ${String(data)}`));
}

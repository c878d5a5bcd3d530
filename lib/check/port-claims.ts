import type { HostOwner, Mesh, ServiceEntry, Visibility } from '../mesh/index.ts';

/** The ServiceEntries that give a port of a host where the same clients see them. */
export interface PortClaims {
  readonly protocols: ReadonlySet<string>;
  /** The first of them as `namespace/name`, in order; those of one namespace may be left out. Eleven say that there are more than ten. */
  readonly firstNames: (outside?: string) => readonly string[];
}

/** The claims to a port of a host by those whom a ServiceEntry with this visibility meets, itself among them. */
export function claimsTo(mesh: Mesh, host: string, port: number, visibility: Visibility): PortClaims {
  const claims = claimsOf(mesh.hosts.at(host)).get(port);
  const met = claims === undefined ? [] : groupsMeeting(claims, visibility);
  return {
    protocols: new Set(met.flatMap(({ protocols }) => [...protocols])),
    firstNames: outside => [...new Set(met.flatMap(group => firstNames(group, outside)))].sort().slice(0, most),
  };
}

function groupsMeeting(claims: Claims, { everywhere, namespaces }: Visibility): readonly Group[] {
  if (everywhere) return [claims.all];
  return namespaces.size === 0 ? [] : [claims.everywhere, ...[...namespaces].flatMap(namespace => claims.in.get(namespace) ?? [])];
}

const most = 11;

function firstNames({ names }: Group, outside: string | undefined): string[] {
  const first: string[] = [];
  for (const [namespace, own] of names) {
    if (namespace === outside) continue;
    for (const name of own) {
      if (first.length === most) return first;
      first.push(name);
    }
  }
  return first;
}

interface Group {
  readonly protocols: Set<string>;
  /** As `namespace/name`, by namespace. */
  readonly names: Map<string, Set<string>>;
}

interface Claims {
  /** All that some client sees. */
  readonly all: Group;
  readonly everywhere: Group;
  /** By the namespaces that see them, those that are seen everywhere aside. */
  readonly in: Map<string, Group>;
}

const known = new WeakMap<readonly HostOwner[], ReadonlyMap<number, Claims>>();

/** What a host's owners claim, by port: taken together once, however many of them ask. */
function claimsOf(owners: readonly HostOwner[]): ReadonlyMap<number, Claims> {
  let claims = known.get(owners);
  if (!claims) known.set(owners, claims = claimed(owners.filter((owner): owner is ServiceEntry => 'hosts' in owner)));
  return claims;
}

function claimed(entries: readonly ServiceEntry[]): Map<number, Claims> {
  const byPort = new Map<number, Claims>();
  for (const entry of [...entries].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const { everywhere, namespaces } = entry.visibility;
    for (const { number, protocol } of entry.ports) {
      let claims = byPort.get(number);
      if (!claims) byPort.set(number, claims = { all: emptyGroup(), everywhere: emptyGroup(), in: new Map() });
      if (everywhere || namespaces.size > 0) add(claims.all, entry, protocol);
      if (everywhere) add(claims.everywhere, entry, protocol);
      for (const namespace of namespaces) {
        let group = claims.in.get(namespace);
        if (!group) claims.in.set(namespace, group = emptyGroup());
        add(group, entry, protocol);
      }
    }
  }
  return byPort;
}

function nameOf({ namespace, name }: ServiceEntry): string {
  return `${namespace}/${name}`;
}

function emptyGroup(): Group {
  return { protocols: new Set(), names: new Map() };
}

function add({ protocols, names }: Group, entry: ServiceEntry, protocol: string): void {
  protocols.add(protocol.toUpperCase());
  const own = names.get(entry.namespace) ?? new Set();
  names.set(entry.namespace, own.add(nameOf(entry)));
}

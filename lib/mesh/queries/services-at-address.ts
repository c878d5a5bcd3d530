import { addressText, intervalOf } from '../addresses.ts';
import type { Interval } from '../conditions.ts';
import type { HostOwner } from './known-host.ts';
import type { Mesh } from '../mesh.ts';
import { isService } from './registered-service.ts';
import type { OnPort } from './services-on-port.ts';

/** Who has an address, the narrowest blocks first. */
export function servicesAtAddress(mesh: Mesh, address: string): readonly OnPort[] {
  const text = addressText(address);
  if (text === undefined) return [];
  return [mesh.services, mesh.serviceEntries].flatMap(owners => {
    const { exact, blocks } = indexOf(owners);
    return [...exact.get(text) ?? [], ...blocks.filter(({ block: { low, high } }) => low <= text && text <= high).map(({ at }) => at)];
  });
}

interface Index {
  readonly exact: ReadonlyMap<string, readonly OnPort[]>;
  /** Narrow before wide. */
  readonly blocks: readonly { readonly block: Interval; readonly at: OnPort }[];
}

const indexes = new WeakMap<readonly HostOwner[], Index>();

function indexOf(owners: readonly HostOwner[]): Index {
  const known = indexes.get(owners);
  if (known) return known;
  const exact = new Map<string, OnPort[]>();
  const blocks: { block: Interval; at: OnPort; size: bigint }[] = [];
  for (const owner of owners) {
    for (const address of isService(owner) ? owner.clusterIps : owner.addresses) {
      const block = intervalOf(address);
      if (!block) continue;
      for (const host of isService(owner) ? [owner.host] : owner.hosts) {
        if (block.low === block.high) exact.set(block.low, [...exact.get(block.low) ?? [], { owner, host }]);
        else blocks.push({ block, at: { owner, host }, size: BigInt(`0x${block.high}`) - BigInt(`0x${block.low}`) });
      }
    }
  }
  const index = { exact, blocks: blocks.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0)) };
  indexes.set(owners, index);
  return index;
}

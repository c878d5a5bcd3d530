import { addressText, intervalOf } from '../addresses.ts';
import { ownersByAddress } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import type { HostOwner } from './known-host.ts';
import { isService } from './registered-service.ts';
import type { OnPort } from './services-on-port.ts';

/** Who has an address, the narrowest blocks first. */
export function servicesAtAddress(mesh: Mesh, address: string): readonly OnPort[] {
  const text = addressText(address);
  if (text === undefined) return [];
  const within = mesh.at(ownersByAddress, 'blocks').flatMap(owner => blocksOf(owner).filter(({ low, high }) => low <= text && text <= high).map(({ size }) => ({ owner, size })));
  return [...mesh.at(ownersByAddress, text), ...within.sort((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0)).map(({ owner }) => owner)]
    .flatMap(owner => (isService(owner) ? [owner.host] : owner.hosts).map(host => ({ owner, host })));
}

/** Whether an address is among those of a service. */
export function hasAddress(addresses: readonly string[], address: string): boolean {
  const text = addressText(address);
  return text !== undefined && addresses.some(block => {
    const interval = intervalOf(block);
    return interval !== undefined && interval.low <= text && text <= interval.high;
  });
}

function blocksOf(owner: HostOwner): { low: string; high: string; size: bigint }[] {
  return (isService(owner) ? [] : owner.addresses).filter(address => address.includes('/')).flatMap(address => {
    const block = intervalOf(address);
    return block ? [{ ...block, size: BigInt(`0x${block.high}`) - BigInt(`0x${block.low}`) }] : [];
  });
}

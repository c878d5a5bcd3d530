import type { Interval } from '../conditions.ts';

/**
 * The addresses that an IP address or a CIDR block stands for, as 32 hexadecimal digits each; undefined for a text that is
 * neither. Bits behind the prefix do not count.
 */
export function addressesOf(block: string): Interval | undefined {
  const slash = block.indexOf('/');
  const bytes = bytesOf(slash === -1 ? block : block.slice(0, slash));
  if (!bytes) return undefined;
  const bits = bytes.length * 8;
  const length = slash === -1 ? bits : prefixLength(block.slice(slash + 1), bits);
  if (length === undefined) return undefined;
  const mask = (byte: number, i: number, fill: number): number => {
    const kept = Math.min(8, Math.max(0, length - i * 8));
    const host = 0xff >> kept;
    return (byte & ~host & 0xff) | (fill & host);
  };
  return { low: hexOf(bytes.map((byte, i) => mask(byte, i, 0))), high: hexOf(bytes.map((byte, i) => mask(byte, i, 0xff))) };
}

/** An IP address as 32 hexadecimal digits, IPv4 as `::ffff:a.b.c.d`; undefined for another text. */
export function addressText(address: string): string | undefined {
  const bytes = bytesOf(address);
  return bytes && hexOf(bytes);
}

/** A port as 4 hexadecimal digits; undefined for a text that is no port. */
export function portText(port: number | string): string | undefined {
  const value = typeof port === 'number' ? port : /^\d{1,5}$/.test(port) ? Number(port) : -1;
  return Number.isInteger(value) && value >= 0 && value <= 65535 ? value.toString(16).padStart(4, '0') : undefined;
}

function prefixLength(text: string, bits: number): number | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) <= bits ? Number(text) : undefined;
}

function hexOf(bytes: readonly number[]): string {
  const all = bytes.length === 4 ? [...mappedPrefix, ...bytes] : bytes;
  return all.map(byte => byte.toString(16).padStart(2, '0')).join('');
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

function bytesOf(address: string): readonly number[] | undefined {
  return address.includes(':') ? sixteenBytes(address) : fourBytes(address);
}

function fourBytes(address: string): readonly number[] | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.map(Number);
}

function sixteenBytes(address: string): readonly number[] | undefined {
  const halves = address.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(groupBytes);
  if (!head || (halves.length === 2 && !tail)) return undefined;
  if (!tail) return head.length === 16 ? head : undefined;
  const zeros = 16 - head.length - tail.length;
  return zeros < 2 ? undefined : [...head, ...Array<number>(zeros).fill(0), ...tail];
}

function groupBytes(half: string): readonly number[] | undefined {
  if (half === '') return [];
  const bytes: number[] = [];
  const groups = half.split(':');
  for (const [i, group] of groups.entries()) {
    if (i === groups.length - 1 && group.includes('.')) {
      const last = fourBytes(group);
      if (!last) return undefined;
      bytes.push(...last);
    } else if (/^[\da-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}

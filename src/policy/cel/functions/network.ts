import { BlockList, isIP, isIPv4 } from 'node:net';
import { type CelFunc, CelScalar, celFunc, celMethod } from '@bufbuild/cel';

const { BOOL, INT, STRING } = CelScalar;
const CIDR = /^(?<address>[0-9A-Fa-f.:]+)\/(?<length>\d{1,3})$/;

/** Addresses and networks as Kubernetes has them; here they are their text, which `ip` and `cidr` let through. */
export const NETWORK_FUNCTIONS: readonly CelFunc[] = [
  celFunc('isIP', [STRING], BOOL, (text) => isIP(text) !== 0),
  celFunc('ip', [STRING], STRING, (text) => address(text)),
  celMethod('family', STRING, [], INT, function () {
    return isIPv4(address(this)) ? 4n : 6n;
  }),
  celFunc('isCIDR', [STRING], BOOL, (text) => network(text) !== undefined),
  celFunc('cidr', [STRING], STRING, (text) => blockOf(text) && text),
  celMethod('containsIP', STRING, [STRING], BOOL, function (ip) {
    return blockOf(this).check(address(ip), isIPv4(ip) ? 'ipv4' : 'ipv6');
  }),
];

function address(text: string): string {
  if (isIP(text) === 0) throw new Error('this is no IP address');
  return text;
}

function network(text: string): { readonly address: string; readonly length: number } | undefined {
  const { address = '', length } = CIDR.exec(text)?.groups ?? {};
  const longest = isIP(address) === 4 ? 32 : 128;
  return isIP(address) === 0 || Number(length) > longest ? undefined : { address, length: Number(length) };
}

function blockOf(text: string): BlockList {
  const found = network(text);
  if (found === undefined) throw new Error('this is no network in CIDR notation');
  const block = new BlockList();
  block.addSubnet(found.address, found.length, isIPv4(found.address) ? 'ipv4' : 'ipv6');
  return block;
}

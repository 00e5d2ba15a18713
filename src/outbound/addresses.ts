import { BlockList, isIP } from 'node:net';

/** Where clouds tell machines their credentials: nothing that should ever be asked because somebody's object says so. */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
for (const address of ['168.63.129.16', '100.100.100.200']) FORBIDDEN.addAddress(address, 'ipv4');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

/** What the IANA registries of special-purpose addresses have that isn't reached over the internet. */
const SPECIAL = new BlockList();
for (const [net, bits] of [
  ...([['0.0.0.0', 8] as const, ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['172.16.0.0', 12]] as const),
  ...([['192.0.0.0', 24] as const, ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16]] as const),
  ...([['198.18.0.0', 15] as const, ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3]] as const),
] as const) {
  SPECIAL.addSubnet(net, bits, 'ipv4');
}
/** Documentation, and what carries an IPv4 address inside. */
for (const [net, bits] of [['2001::', 23] as const, ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) {
  SPECIAL.addSubnet(net, bits, 'ipv6');
}
/** All of IPv6 that is given out for the internet. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address may be asked. */
export const isAllowedAddress = (address: string): boolean => !FORBIDDEN.check(address, familyOf(address));

/** Whether an IP address is one of the internet, and neither of this machine nor of a network of the installation. */
export function isPublicAddress(address: string): boolean {
  if (!isAllowedAddress(address)) return false;
  const family = familyOf(address);
  return !SPECIAL.check(address, family) && (family === 'ipv4' || GLOBAL.check(address, family));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

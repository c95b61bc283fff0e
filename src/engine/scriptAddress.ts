/**
 * Addresses of scripts. A page with a policy of trusted types starts a worker only from an address that its one maker of them
 * let through: ours lets through files of this site.
 */

/** What the browser makes of an address that was let through stands for the address wherever one is taken. */
interface ScriptAddresses {
  createScriptURL(address: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptAddresses): ScriptAddresses;
}

/** @throws TypeError where the address is another site's, or holds its script itself */
function ofThisSite(address: string): string {
  const { href, origin } = new URL(address, globalThis.location.href);
  if (origin !== globalThis.location.origin || href.startsWith('blob:'))
    throw new TypeError(`Not a script of this page: ${address}`);
  return href;
}

const own: ScriptAddresses = { createScriptURL: ofThisSite };
const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
/** Named in the policy that the page is served with (scripts/policy.mjs). */
const addresses = trustedTypes?.createPolicy('scenarium-scripts', own) ?? own;

/** An address to start a worker from: a file of this site. */
export function scriptAddress(address: string): string {
  return addresses.createScriptURL(address);
}

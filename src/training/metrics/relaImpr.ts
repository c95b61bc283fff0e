/** Two conventions of "relative improvement" in use. Papers print either under the name RelaImpr; here each has its own. */

/**
 * `(AUC - 0.5) / (base - 0.5) - 1`: what is gained of the way above chance (SAR-Net Eq 13).
 *
 * @returns null where either is undefined or the base is not above chance
 */
export function relaImpr(auc: number | null, base: number | null): number | null {
  return auc === null || base === null || base <= 0.5 ? null : (auc - 0.5) / (base - 0.5) - 1;
}

/**
 * `AUC / base - 1`: the plain ratio, printed as RelaImpr by CausalInt and M-scan.
 *
 * @returns null where either is undefined or the base is 0
 */
export function aucRatio(auc: number | null, base: number | null): number | null {
  return auc === null || base === null || base <= 0 ? null : auc / base - 1;
}

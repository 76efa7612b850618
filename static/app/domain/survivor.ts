/** Sites that were merged into others: what became of one. Pure. */

/** Return the site that a site has become, itself where it was not merged. */
export function survivor(siteId: string, mergedInto: (id: string) => string | null | undefined): string {
  const seen = new Set([siteId]);
  let last = siteId;
  for (let next = mergedInto(last); next && !seen.has(next); next = mergedInto(last)) {
    seen.add(next);
    last = next;
  }
  return last;
}

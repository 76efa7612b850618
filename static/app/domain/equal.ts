/** Say whether two JSON values are the same, whatever the order of keys. Pure. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const [ones, others] = [Object.entries(one), Object.entries(other)];
  return Array.isArray(one) === Array.isArray(other) && ones.length === others.length
    && ones.every(([key, value]) => isEqual(value, (other as Record<string, unknown>)[key]));
}

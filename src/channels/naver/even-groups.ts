/** As few groups as will do, of nearly the same size: eleven are 6 and 5, not 10 and 1. */
export function evenGroups<Item>(items: readonly Item[], maxItems: number): readonly (readonly Item[])[] {
  const groupCount = Math.ceil(items.length / maxItems);
  const groups: Item[][] = [];
  for (let index = 0, start = 0; index < groupCount; index += 1) {
    const end = Math.ceil(((index + 1) * items.length) / groupCount);
    groups.push(items.slice(start, end));
    start = end;
  }
  return groups;
}

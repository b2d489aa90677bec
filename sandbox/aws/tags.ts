export type Tags = Readonly<Record<string, string>>;

/** AWS's `[{Key, Value}]`. */
export const tagList = (of: Tags) => Object.entries(of).map(([Key, Value]) => ({ Key, Value }));

/** The same, as EC2's XML has it. */
export const tagSet = (of: Tags) => ({
  item: tagList(of).map(({ Key, Value }) => ({ key: Key, value: Value })),
});

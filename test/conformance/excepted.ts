/** Cases that do not pass, each with its reason. */
export const excepted: Readonly<Record<string, string>> = {};

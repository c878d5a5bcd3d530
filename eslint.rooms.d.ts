export declare const pure: readonly string[];
export declare const rooms: Readonly<Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }>>;

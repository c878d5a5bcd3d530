/** Cases that do not pass, each with its reason. */
export const excepted: Readonly<Record<string, string>> = {
  'route/TestBuildHTTPRoutes/for header operations for weighted cluster/0': 'the Host of a share is kept as the one that wins: that of the route, not what the destination alone says',
};

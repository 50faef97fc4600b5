/** Express's router, as far as its routes go. */
interface Layer {
  readonly route?: { readonly path: string | readonly string[]; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** `get /path` for each route of an Express application, and `all /path` for one that takes every method. */
export function routesOf(router: unknown): string[] {
  const { stack } = router as { stack: readonly Layer[] };
  return stack.flatMap(({ route, handle }) => {
    if (!route) return handle.stack ? routesOf(handle) : [];
    const methods = Object.keys(route.methods).map((method) => (method === '_all' ? 'all' : method));
    return [route.path].flat().flatMap((path) => methods.map((method) => `${method} ${path}`));
  });
}

import type { RequestListener } from 'node:http';

/** Where a path goes, as in nginx/conf.d: the paths of a route and all below them. */
export interface Route {
  readonly paths: readonly string[];
  /** Put in the place of the path that matched; without it the path stays as it is. */
  readonly rewriteTo?: string;
  readonly listener: RequestListener;
}

/** Stands in for nginx: hands each request to the service whose path it is, and the rest to `otherwise`. */
export function front(routes: readonly Route[], otherwise: RequestListener): RequestListener {
  return (request, response) => {
    const url = request.url ?? '/';
    for (const { paths, rewriteTo, listener } of routes) {
      const path = paths.find((candidate) => isAtOrBelow(url, candidate));
      if (path === undefined) continue;
      request.url = (rewriteTo ?? path) + url.slice(path.length);
      listener(request, response);
      return;
    }
    otherwise(request, response);
  };
}

function isAtOrBelow(url: string, path: string): boolean {
  return url.startsWith(path) && ['', '/', '?'].includes(url.charAt(path.length));
}

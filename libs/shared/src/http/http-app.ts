import express, { type Express, type RequestHandler, type Router } from 'express';
import { AppError } from '../errors/app-error.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { Logger } from '../telemetry/logger.ts';
import { errorHandler, notFound } from './error-handler.ts';
import { healthRoutes, type ReadinessCheck } from './health-routes.ts';

export interface HttpAppParts {
  readonly logger: Logger;
  readonly lifecycle: Lifecycle;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly routes: readonly Router[];
  /** Express's `trust proxy`: whose X-Forwarded-* headers count. Default: nobody's. */
  readonly trustProxy?: string;
}

/** An Express application with what each service's has: health first, its routes, then 404 and the error handler. */
export function createHttpApp({ logger, lifecycle, checks, routes, trustProxy }: HttpAppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', trustProxy ?? false);
  app.use(healthRoutes(lifecycle, checks), ...routes, notFound, errorHandler(logger));
  return app;
}

/**
 * Answers 405, and what there is in `Allow`, to any other method. It goes before the handlers of its path: Express would
 * answer HEAD as GET, and do what a GET does.
 */
export function onlyMethods(...methods: string[]): RequestHandler {
  return (req, res, next) => {
    if (methods.includes(req.method)) {
      next();
      return;
    }
    res.setHeader('allow', methods.join(', '));
    throw new AppError(
      'method-not-allowed',
      'METHOD_NOT_ALLOWED',
      `${req.path} takes ${methods.join(' and ')}, not ${req.method}`,
    );
  };
}

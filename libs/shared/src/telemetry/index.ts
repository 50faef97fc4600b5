export * from './attributes.ts';
export * from './call-trace.ts';
export * from './logger.ts';
export * from './refusals.ts';
export * from './request-span.ts';

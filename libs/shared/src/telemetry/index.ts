export * from './attributes.ts';
export * from './call-trace.ts';
export * from './logger.ts';
export * from './webhook-span.ts';

export * from './forgeries.ts';
export * from './memory-logger.ts';
export * from './recorded-spans.ts';
export * from './serve.ts';

export * from './api-token.ts';
export * from './error-handler.ts';
export * from './health-routes.ts';
export * from './http-app.ts';
export * from './http-server.ts';
export * from './json-body.ts';
export { refusalText } from './raw-refusal.ts';
export * from './signed-webhook.ts';
export * from './webhook-verification.ts';

export * from './config-problems.ts';
export * from './eventually.ts';
export * from './leg-metrics-store-contract.ts';
export * from './leg-records.ts';
export * from './raw-peer.ts';
export * from './vonage-end.ts';
